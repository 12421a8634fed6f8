/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sheet.h"

#include <string.h>

typedef void add_cell(struct oio_text *text, const struct oio_cell *cell);

static void add_number(struct oio_text *text, const struct oio_cell *cell) {
  if (cell->kind == OIO_CELL_WHOLE) oio_text_add(text, "%llu", (unsigned long long)cell->whole);
  if (cell->kind == OIO_CELL_REAL) oio_text_add(text, "%.6f", cell->real);
}

static void json_cell(struct oio_text *text, const struct oio_cell *cell) {
  add_number(text, cell);
  if (cell->kind == OIO_CELL_NOTHING) oio_text_add(text, "null");
  if (cell->kind == OIO_CELL_TEXT) oio_text_add_quoted(text, cell->text);
}

void oio_sheet_csv_text(struct oio_text *text, const char *value) {
  if (strpbrk(value, ",\"\n") == NULL) {
    oio_text_add(text, "%s", value);
    return;
  }
  oio_text_add(text, "\"");
  for (const char *c = value; *c != '\0'; c++) oio_text_add(text, *c == '"' ? "\"\"" : "%c", *c);
  oio_text_add(text, "\"");
}

void oio_sheet_csv_cell(struct oio_text *text, const struct oio_cell *cell) {
  add_number(text, cell);
  if (cell->kind == OIO_CELL_TEXT) oio_sheet_csv_text(text, cell->text);
}

/* The next row that is there, from *index on, which is behind it then. */
static bool next_row(const struct oio_sheet *sheet, const void *rows, uint64_t *index, struct oio_cell *cells) {
  for (;;) {
    memset(cells, 0, sheet->count * sizeof *cells);
    const enum oio_row row = sheet->row(rows, (*index)++, cells);
    if (row != OIO_ROW_LEFT_OUT) return row == OIO_ROW_THERE;
  }
}

void oio_sheet_json(struct oio_text *text, const struct oio_sheet *sheet, const void *rows) {
  struct oio_cell cells[OIO_SHEET_COLUMNS];
  bool any = false;
  oio_text_add(text, "\"%s\": [", sheet->name);
  for (uint64_t index = 0; next_row(sheet, rows, &index, cells); any = true) {
    oio_text_add(text, "%s\n      %s", any ? "," : "", sheet->packed ? "[" : "{");
    for (unsigned i = 0; i < sheet->count; i++) {
      if (i > 0) oio_text_add(text, ", ");
      if (!sheet->packed) oio_text_add(text, "\"%s\": ", sheet->columns[i]);
      json_cell(text, &cells[i]);
    }
    oio_text_add(text, sheet->packed ? "]" : "}");
  }
  oio_text_add(text, any ? "\n    ]" : "]");
}

void oio_sheet_csv(struct oio_text *text, const struct oio_sheet *sheet, const void *rows) {
  struct oio_cell cells[OIO_SHEET_COLUMNS];
  for (unsigned i = 0; i < sheet->count; i++) oio_text_add(text, "%s%s", i == 0 ? "" : ",", sheet->columns[i]);
  oio_text_add(text, "\n");
  for (uint64_t index = 0; next_row(sheet, rows, &index, cells);) {
    for (unsigned i = 0; i < sheet->count; i++) {
      if (i > 0) oio_text_add(text, ",");
      oio_sheet_csv_cell(text, &cells[i]);
    }
    oio_text_add(text, "\n");
  }
}
