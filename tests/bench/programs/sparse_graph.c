// A random graph kept as rows of neighbours: a breadth-first search and some
// rounds of ranking. Loads whose address was just loaded, all over the memory.
#include <string.h>

#include "kernel.h"

typedef struct {
  int vertices;
  int* first_edge;  // vertices + 1 entries
  int* neighbour;
} Graph;

static Graph MakeGraph(int vertices, int degree) {
  Graph graph = {vertices, Allocate((size_t)(vertices + 1) * sizeof(int)),
                 Allocate((size_t)vertices * 2 * (size_t)degree * sizeof(int))};
  uint32_t state = 521288629u;
  int edge = 0;
  for (int vertex = 0; vertex < vertices; ++vertex) {
    graph.first_edge[vertex] = edge;
    const int count = 1 + (int)(NextRandom(&state) % (uint32_t)(2 * degree - 1));
    for (int index = 0; index < count; ++index) {
      graph.neighbour[edge++] = (int)(NextRandom(&state) % (uint32_t)vertices);
    }
  }
  graph.first_edge[vertices] = edge;
  return graph;
}

// The sum of all distances from vertex 0.
static long long Search(const Graph* graph, int* distance, int* queue) {
  memset(distance, 0xff, (size_t)graph->vertices * sizeof(int));
  int head = 0;
  int tail = 0;
  distance[0] = 0;
  queue[tail++] = 0;
  long long total = 0;
  while (head < tail) {
    const int vertex = queue[head++];
    total += distance[vertex];
    for (int edge = graph->first_edge[vertex]; edge < graph->first_edge[vertex + 1]; ++edge) {
      const int next = graph->neighbour[edge];
      if (distance[next] >= 0) continue;
      distance[next] = distance[vertex] + 1;
      queue[tail++] = next;
    }
  }
  return total;
}

static void Rank(const Graph* graph, const double* old_rank, double* new_rank) {
  for (int vertex = 0; vertex < graph->vertices; ++vertex) {
    double sum = 0.0;
    const int end = graph->first_edge[vertex + 1];
    for (int edge = graph->first_edge[vertex]; edge < end; ++edge) {
      sum += old_rank[graph->neighbour[edge]];
    }
    new_rank[vertex] = 0.15 + 0.85 * sum / (double)(end - graph->first_edge[vertex]);
  }
}

int main(void) {
  const Graph graph = MakeGraph(Opaque(200000), Opaque(8));
  const size_t vertices = (size_t)graph.vertices;
  int* distance = Allocate(vertices * sizeof(int));
  int* queue = Allocate(vertices * sizeof(int));
  double* rank = Allocate(vertices * sizeof(double));
  double* next_rank = Allocate(vertices * sizeof(double));
  for (size_t vertex = 0; vertex < vertices; ++vertex) rank[vertex] = (double)(vertex % 100);
  KernelBegin();
  const long long distances = Search(&graph, distance, queue);
  for (int round = Opaque(20); round > 0; --round) {
    Rank(&graph, rank, next_rank);
    double* swapped = rank;
    rank = next_rank;
    next_rank = swapped;
  }
  KernelEnd();
  printf("distances %lld rank %.6f\n", distances, rank[vertices / 2]);
  free(next_rank);
  free(rank);
  free(queue);
  free(distance);
  free(graph.neighbour);
  free(graph.first_edge);
  return 0;
}
