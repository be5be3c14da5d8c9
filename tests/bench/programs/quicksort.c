// Sorts numbers with a quicksort written out, then records with the library's
// qsort: branches that cannot be predicted, and a comparison called through a
// pointer.
#include "kernel.h"

typedef struct {
  uint32_t key;
  uint32_t order;
} Record;

static void Sort(uint32_t* values, int first, int last) {
  while (last - first > 16) {
    const uint32_t pivot = values[first + (last - first) / 2];
    int low = first;
    int high = last;
    while (low <= high) {
      while (values[low] < pivot) ++low;
      while (values[high] > pivot) --high;
      if (low <= high) {
        const uint32_t swapped = values[low];
        values[low++] = values[high];
        values[high--] = swapped;
      }
    }
    // The smaller part by recursion: the stack stays shallow.
    if (high - first < last - low) {
      Sort(values, first, high);
      first = low;
    } else {
      Sort(values, low, last);
      last = high;
    }
  }
  for (int index = first + 1; index <= last; ++index) {
    const uint32_t value = values[index];
    int place = index;
    for (; place > first && values[place - 1] > value; --place) values[place] = values[place - 1];
    values[place] = value;
  }
}

static int Compare(const void* left, const void* right) {
  const Record* a = left;
  const Record* b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  // Which of two equal ones comes first may differ between libraries.
  return a->order < b->order ? -1 : a->order > b->order;
}

int main(void) {
  const int count = Opaque(2000000);
  const int records = count / 8;
  uint32_t* values = Allocate((size_t)count * sizeof(*values));
  Record* sorted = Allocate((size_t)records * sizeof(*sorted));
  uint32_t state = 362436069u;
  for (int index = 0; index < count; ++index) values[index] = NextRandom(&state);
  for (int index = 0; index < records; ++index) {
    sorted[index] = (Record){NextRandom(&state) % 100000, (uint32_t)index};
  }
  KernelBegin();
  Sort(values, 0, count - 1);
  qsort(sorted, (size_t)records, sizeof(*sorted), Compare);
  KernelEnd();
  uint32_t digest = 0;
  for (int index = 0; index < count; ++index) digest = digest * 31 + values[index];
  for (int index = 0; index < records; ++index) digest = digest * 31 + sorted[index].order;
  printf("digest %08x least %u greatest %u\n", digest, values[0], values[count - 1]);
  free(sorted);
  free(values);
  return 0;
}
