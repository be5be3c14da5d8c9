/* Asks the host for numbers until it has no more, and returns their sum. */
__attribute__((import_module("host"), import_name("next"))) int next(void);

__attribute__((export_name("sum"))) int sum(void) {
  int total = 0;
  for (int number = next(); number >= 0; number = next()) total += number;
  return total;
}
