// A table of words with open addressing: hashing bytes, comparing strings and
// growing the table as it fills.
#include <string.h>

#include "kernel.h"

typedef struct {
  char* word;  // null where the slot is free
  int count;
} Slot;

typedef struct {
  Slot* slots;
  uint32_t capacity;  // a power of two
  uint32_t used;
} Table;

static uint32_t HashOf(const char* word) {
  uint32_t hash = 2166136261u;
  for (; *word != '\0'; ++word) hash = (hash ^ (uint8_t)*word) * 16777619u;
  return hash;
}

static Slot* Find(const Table* table, const char* word) {
  uint32_t place = HashOf(word) & (table->capacity - 1);
  while (table->slots[place].word != NULL && strcmp(table->slots[place].word, word) != 0) {
    place = (place + 1) & (table->capacity - 1);
  }
  return &table->slots[place];
}

static void Grow(Table* table) {
  const Table old = *table;
  table->capacity *= 2;
  table->slots = Allocate(table->capacity * sizeof(Slot));
  for (uint32_t index = 0; index < old.capacity; ++index) {
    if (old.slots[index].word != NULL) *Find(table, old.slots[index].word) = old.slots[index];
  }
  free(old.slots);
}

static void Count(Table* table, const char* word) {
  Slot* slot = Find(table, word);
  if (slot->word == NULL) {
    slot->word = Allocate(strlen(word) + 1);
    strcpy(slot->word, word);
    if (++table->used > table->capacity / 2) {
      Grow(table);
      slot = Find(table, word);
    }
  }
  ++slot->count;
}

// Short words over a small alphabet, so that many of them come again.
static void MakeWord(uint32_t* state, char* word) {
  const int length = 3 + (int)(NextRandom(state) % 8);
  for (int index = 0; index < length; ++index) word[index] = (char)('a' + NextRandom(state) % 4);
  word[length] = '\0';
}

int main(void) {
  Table table = {Allocate(64 * sizeof(Slot)), 64, 0};
  uint32_t state = 123456789u;
  char word[16];
  KernelBegin();
  for (int repeat = Opaque(1500000); repeat > 0; --repeat) {
    MakeWord(&state, word);
    Count(&table, word);
  }
  KernelEnd();
  int most = 0;
  long long digest = 0;
  for (uint32_t index = 0; index < table.capacity; ++index) {
    if (table.slots[index].word == NULL) continue;
    if (table.slots[index].count > most) most = table.slots[index].count;
    digest += (long long)HashOf(table.slots[index].word) * table.slots[index].count;
    free(table.slots[index].word);
  }
  printf("words %u most %d digest %lld\n", table.used, most, digest);
  free(table.slots);
  return 0;
}
