// Counts words and numbers of a text, with containers, algorithms and mathematics of the C++
// library: the program that shows one .aot running on every machine with the same output.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

int main() {
  std::map<std::string, int> counts;
  std::vector<double> numbers;
  char line[1000];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    for (char* at = line; *at != '\0';) {
      if (std::isdigit(static_cast<unsigned char>(*at)) != 0) {
        numbers.push_back(std::strtod(at, &at));
        continue;
      }
      std::string word;
      while (std::isalpha(static_cast<unsigned char>(*at)) != 0) word += *at++;
      if (word.empty())
        ++at;
      else
        ++counts[word];
    }
  }
  std::vector<std::pair<std::string, int>> words(counts.begin(), counts.end());
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (std::size_t i = 0; i < words.size() && i < 20; ++i)
    std::printf("%6d %s\n", words[i].second, words[i].first.c_str());
  double sum = 0, logarithms = 0;
  for (const double value : numbers) {
    sum += std::floor(value) + std::sqrt(value);
    logarithms += std::nearbyint(std::log1p(value) * 1e6);
  }
  unsigned long long hash = 14695981039346656037ULL;
  for (const auto& [text, count] : words) {
    for (const char letter : text)
      hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL % 0xFFFFFFFFFFC5ULL;
  }
  std::printf("%zu words, %zu numbers, %.17g %.17g %llx\n", words.size(), numbers.size(), sum,
              logarithms, hash);
}
