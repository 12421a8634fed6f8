/* SPDX-License-Identifier: Apache-2.0 */
/* A table with named columns, whose rows are asked for one by one: as JSON and as CSV the same. */
#ifndef OIO_SHEET_H
#define OIO_SHEET_H

#include "report/text.h"

#include <stdint.h>

enum oio_cell_kind { OIO_CELL_NOTHING, OIO_CELL_WHOLE, OIO_CELL_REAL, OIO_CELL_TEXT };
struct oio_cell {
  enum oio_cell_kind kind;
  uint64_t whole;
  double real;
  char text[48];
};

enum { OIO_SHEET_COLUMNS = 24 };
enum oio_row { OIO_ROW_NONE, OIO_ROW_LEFT_OUT, OIO_ROW_THERE }; /* NONE: there are no more */

struct oio_sheet {
  const char *name;
  unsigned count;
  const char *columns[OIO_SHEET_COLUMNS];
  bool packed; /* in JSON a row is a list of its cells rather than an object: many short rows */
  enum oio_row (*row)(const void *rows, uint64_t index, struct oio_cell *cells); /* in order from 0; cells are NOTHING before */
};

/* "name": [rows], without an end. */
void oio_sheet_json(struct oio_text *text, const struct oio_sheet *sheet, const void *rows);
/* A line of names and one for each row, by RFC 4180 but for the ends of lines, which are \n. */
void oio_sheet_csv(struct oio_text *text, const struct oio_sheet *sheet, const void *rows);

/* A cell, or its text; quoted where that has to be. */
void oio_sheet_csv_cell(struct oio_text *text, const struct oio_cell *cell);
void oio_sheet_csv_text(struct oio_text *text, const char *value);

static inline void oio_cell_whole(struct oio_cell *cell, uint64_t value) {
  cell->kind = OIO_CELL_WHOLE;
  cell->whole = value;
}

static inline void oio_cell_real(struct oio_cell *cell, double value) {
  cell->kind = OIO_CELL_REAL;
  cell->real = value;
}

#endif
