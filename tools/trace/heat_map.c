/* SPDX-License-Identifier: Apache-2.0 */
#include "heat_map.h"

#include "oio/results.h"
#include "page.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 512, LEFT = 64, TOP = 56, FOOT = 44, LABELS = 16 };

struct heat_map {
  const char *of; /* "die", "node" */
  const struct digest_matrix *matrix;
  uint64_t most; /* in a cell */
};

static struct heat_map look(const struct digest *digest) {
  struct heat_map map = {.of = digest->dies > 2 ? "die" : "node", .matrix = &digest->matrix};
  for (uint32_t row = 0; row < DIGEST_CELLS; row++)
    for (uint32_t column = 0; column < DIGEST_CELLS; column++)
      if (map.matrix->bytes[row][column] > map.most) map.most = map.matrix->bytes[row][column];
  return map;
}

/* From pale to dark, by the square root, so that little is seen too. */
static void print_cell(FILE *out, const struct heat_map *map, uint32_t row, uint32_t column, double size) {
  const uint64_t bytes = map->matrix->bytes[row][column];
  if (bytes == 0) return;
  const double share = sqrt((double)bytes / (double)map->most);
  fprintf(out,
          "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"rgb(%d,%d,%d)\"><title>%s %" PRIu32 " to %" PRIu32 ": %" PRIu64
          " bytes</title></rect>\n",
          LEFT + column * size, TOP + row * size, size, size, (int)(222 - 214 * share), (int)(235 - 187 * share), (int)(247 - 140 * share),
          map->of, row * map->matrix->each, column * map->matrix->each, bytes);
}

static void print_labels(FILE *out, const struct heat_map *map, double size) {
  const uint32_t step = (map->matrix->cells + LABELS - 1) / LABELS;
  for (uint32_t i = 0; i < map->matrix->cells; i += step) {
    const double at = (i + 0.5) * size;
    fprintf(out, "<text x=\"%.2f\" y=\"%d\" text-anchor=\"middle\">%" PRIu32 "</text>\n", LEFT + at, TOP - 6, i * map->matrix->each);
    fprintf(out, "<text x=\"%d\" y=\"%.2f\" text-anchor=\"end\">%" PRIu32 "</text>\n", LEFT - 6, TOP + at + 4, i * map->matrix->each);
  }
}

static void print(FILE *out, const struct heat_map *map, const struct digest *digest) {
  const int width = LEFT + SIDE + 24, height = TOP + SIDE + FOOT;
  const double size = (double)SIDE / map->matrix->cells;
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
          "font-size=\"11\" fill=\"#333\">\n<title>traffic matrix</title>\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
          width, height, width, height, width, height);
  fprintf(out, "<text x=\"%d\" y=\"18\" font-size=\"13\">bytes from a %s (row) to a %s (column)</text>\n", LEFT, map->of, map->of);
  for (uint32_t row = 0; row < map->matrix->cells; row++)
    for (uint32_t column = 0; column < map->matrix->cells; column++) print_cell(out, map, row, column, size);
  fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n", LEFT, TOP, SIDE, SIDE);
  print_labels(out, map, size);
  fprintf(out, "<text x=\"%d\" y=\"%d\">%" PRIu64 " messages, %" PRIu64 " bytes; the darkest %" PRIu64 " bytes", LEFT, TOP + SIDE + 20,
          digest->all.messages, digest->all.bytes, map->most);
  if (map->matrix->each > 1) fprintf(out, "; %" PRIu32 " %ss in a row", map->matrix->each, map->of);
  fprintf(out, "</text>\n</svg>\n");
}

enum oio_status heat_map_write(const char *path, const struct digest *digest, struct oio_error *error) {
  const struct heat_map map = look(digest);
  char *text = NULL;
  struct page page;
  if (page_begin(&page)) {
    print(page.out, &map, digest);
    text = page_end(&page);
  }
  const enum oio_status status =
      text == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "--svg %.200s: out of memory", path) : oio_write_whole(path, text, error);
  free(text);
  return status;
}
