// Counts the words of a text and prints the most frequent ones.
//
//   wordcount [FILE]     without a file, the text comes from standard input
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kLongestWord = 64, kShown = 10 };

typedef struct Word {
  struct Word* next;
  unsigned count;
  char text[];
} Word;

typedef struct {
  Word** buckets;
  size_t bucket_count;
  size_t word_count;
} Table;

static size_t Hash(const char* text) {
  size_t hash = 2166136261u;
  for (; *text != '\0'; ++text) hash = (hash ^ (unsigned char)*text) * 16777619u;
  return hash;
}

static void* Allocate(size_t size) {
  void* memory = calloc(1, size);
  if (memory == NULL) {
    fputs("wordcount: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

static void Grow(Table* table) {
  size_t bucket_count = table->bucket_count == 0 ? 256 : table->bucket_count * 2;
  Word** buckets = Allocate(bucket_count * sizeof *buckets);
  for (size_t i = 0; i < table->bucket_count; ++i) {
    for (Word* word = table->buckets[i]; word != NULL;) {
      Word* next = word->next;
      Word** bucket = &buckets[Hash(word->text) % bucket_count];
      word->next = *bucket;
      *bucket = word;
      word = next;
    }
  }
  free(table->buckets);
  table->buckets = buckets;
  table->bucket_count = bucket_count;
}

static void Count(Table* table, const char* text) {
  if (table->word_count >= table->bucket_count) Grow(table);
  Word** bucket = &table->buckets[Hash(text) % table->bucket_count];
  for (Word* word = *bucket; word != NULL; word = word->next) {
    if (strcmp(word->text, text) == 0) {
      ++word->count;
      return;
    }
  }
  Word* word = Allocate(sizeof *word + strlen(text) + 1);
  word->count = 1;
  strcpy(word->text, text);
  word->next = *bucket;
  *bucket = word;
  ++table->word_count;
}

static int MoreFrequentFirst(const void* left, const void* right) {
  const Word* a = *(Word* const*)left;
  const Word* b = *(Word* const*)right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return strcmp(a->text, b->text);
}

int main(int argc, char** argv) {
  FILE* input = argc > 1 ? fopen(argv[1], "r") : stdin;
  if (input == NULL) {
    perror(argv[1]);
    return 1;
  }

  Table table = {0};
  size_t total = 0;
  char word[kLongestWord + 1];
  size_t length = 0;
  int character;
  do {
    character = getc(input);
    if (character != EOF && isalpha(character)) {
      if (length < kLongestWord) word[length++] = (char)tolower(character);
    } else if (length > 0) {
      word[length] = '\0';
      Count(&table, word);
      ++total;
      length = 0;
    }
  } while (character != EOF);

  Word** words = Allocate((table.word_count + 1) * sizeof *words);
  size_t found = 0;
  for (size_t i = 0; i < table.bucket_count; ++i) {
    for (Word* each = table.buckets[i]; each != NULL; each = each->next) words[found++] = each;
  }
  qsort(words, found, sizeof *words, MoreFrequentFirst);
  printf("%zu words, %zu different\n", total, found);
  for (size_t i = 0; i < found && i < kShown; ++i) {
    printf("%7u  %s\n", words[i]->count, words[i]->text);
  }
  return 0;
}
