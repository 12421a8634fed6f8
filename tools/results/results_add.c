/* SPDX-License-Identifier: Apache-2.0 */
/* A run, added: one transaction. */
#include "inputs.h"
#include "page.h"
#include "quoted.h"
#include "results_build.h"
#include "results_figures.h"
#include "results_open.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_BYTES = 1100 };

static void put_key(FILE *out, bool *first, const struct oio_config_key *key, const char *value) {
  fprintf(out, "%s\"%s\":", *first ? "" : ",", key->name);
  *first = false;
  if (key->quoted)
    quoted_put(out, value);
  else
    fputs(value, out);
}

/* Whether a key is the seed, which has a column, or changes nothing in the figures. */
static bool says_nothing(const char *key) {
  static const char *const names[] = {"sim.seed", "sim.threads", "results.detail", "results.pairs", "results.interval_ps"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(key, names[i]) == 0) return true;
  }
  return false;
}

/* Keys with their values as a JSON object: those that are not as in `basis`, or all where that is NULL. Both have their keys in the same
 * order; those of classes that a user made come last, and are in no basis. telling: without those that say nothing. */
static char *keys_of(const struct oio_config *config, const struct oio_config *basis, bool telling) {
  struct page page;
  bool first = true;
  if (!page_begin(&page)) return NULL;
  putc('{', page.out);
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[VALUE_BYTES], other[VALUE_BYTES];
    oio_config_describe(config, i, &key);
    oio_config_value(config, i, value, sizeof value);
    const bool same = basis != NULL && i < oio_config_count(basis) && strcmp(oio_config_value(basis, i, other, sizeof other), value) == 0;
    if (!same && !(telling && says_nothing(key.name))) put_key(page.out, &first, &key, value);
  }
  putc('}', page.out);
  return page_end(&page);
}

/* The number of the row that has this text, made where there is none. */
static enum oio_status row_of(const struct results_db *db, const char *insert, const char *select, const char *text, int64_t *id,
                              struct oio_error *error) {
  const char *const sql[] = {insert, select};
  for (unsigned i = 0; i < 2; i++) {
    sqlite3_stmt *statement = results_db_prepare(db, sql[i], error);
    if (statement == NULL) return OIO_ERR_IO;
    sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) *id = sqlite3_column_int64(statement, 0);
    if (step != SQLITE_ROW && step != SQLITE_DONE) results_db_fault(db, "written", error);
    sqlite3_finalize(statement);
    if (step != SQLITE_ROW && step != SQLITE_DONE) return OIO_ERR_IO;
  }
  return OIO_OK;
}

enum oio_status results_db_study(struct results_db *db, const char *text, int64_t *study, struct oio_error *error) {
  return row_of(db, "INSERT OR IGNORE INTO study(head) VALUES (?1)", "SELECT id FROM study WHERE head = ?1", text, study, error);
}

bool results_db_has(struct results_db *db, int64_t study, uint64_t number) {
  struct oio_error error;
  sqlite3_stmt *statement = results_db_prepare(db, "SELECT 1 FROM run WHERE study = ?1 AND number = ?2", &error);
  if (statement == NULL) return false;
  sqlite3_bind_int64(statement, 1, study);
  sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
  const bool there = sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  return there;
}

static char *insert_text(void) {
  struct page page;
  if (!page_begin(&page)) return NULL;
  fputs("INSERT INTO run(made, version, build, command, label, host, workload, inputs, study, number, point, seed, asked, basis, "
        "keys, result, error, wall_s, cpu_s",
        page.out);
  for (unsigned i = 0; i < results_figures(); i++) fprintf(page.out, ", %s", results_figure_at(i)->name);
  fputs(") VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), :version, :build, :command, :label, json_extract(:results, '$.host'), "
        "coalesce(json_extract(:results, '$.workload'), :trace), :inputs, :study, :number, :point, :seed, :asked, :basis, :keys, :result, "
        ":error, "
        "json_extract(:results, '$.wall_s'), json_extract(:results, '$.cpu_s')",
        page.out);
  for (unsigned i = 0; i < results_figures(); i++) fprintf(page.out, ", %s", results_figure_at(i)->value);
  fputs(") ON CONFLICT(study, number) DO NOTHING", page.out);
  return page_end(&page);
}

static enum oio_status prepare(struct results_db *db, struct oio_error *error) {
  if (db->add != NULL) return OIO_OK;
  char *text = insert_text();
  if (text == NULL) return results_db_no_memory(error);
  db->add = results_db_prepare(db, text, error);
  free(text);
  return db->add != NULL ? OIO_OK : OIO_ERR_IO;
}

/* A text that outlives the statement, or NULL. */
static void bind_text(sqlite3_stmt *statement, const char *name, const char *text) {
  sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, name), text, -1, SQLITE_STATIC);
}

static void bind_whole(sqlite3_stmt *statement, const char *name, uint64_t value) {
  char digits[24];
  const int at = sqlite3_bind_parameter_index(statement, name);
  if (value <= INT64_MAX) {
    sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
  } else { /* more than SQLite's integers hold: as text it stays exact */
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    sqlite3_bind_text(statement, at, digits, -1, SQLITE_TRANSIENT);
  }
}

/* Of all files that the run reads; "" where one of them cannot be read, or not twice. */
static const char *inputs_of(struct results_db *db, const struct results_entry *entry, char out[20]) {
  struct oio_error error;
  uint64_t digest = INPUTS_BEGIN;
  enum oio_status status = entry->trace == NULL ? OIO_OK : inputs_add_file(&digest, entry->trace, &db->known, &error);
  for (unsigned i = 0; i < inputs_keys() && status == OIO_OK; i++) status = inputs_add_key(&digest, i, entry->config, &db->known, &error);
  snprintf(out, 20, "%016" PRIx64, digest);
  return status == OIO_OK ? out : "";
}

static enum oio_status step(const struct results_db *db, sqlite3_stmt *statement, struct oio_error *error) {
  const int got = sqlite3_step(statement);
  return got == SQLITE_DONE || got == SQLITE_ROW ? OIO_OK : results_db_fault(db, "written", error);
}

/* What results and histogram there are, whole, beside the row of figures that was added last. */
static enum oio_status add_answer(const struct results_db *db, const struct results_entry *entry, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(
      db, "INSERT INTO answer(run, results, latency) VALUES (last_insert_rowid(), json_remove(:results, '$.config', '$.detail'), :latency)",
      error);
  if (statement == NULL) return OIO_ERR_IO;
  bind_text(statement, ":results", entry->results);
  bind_text(statement, ":latency", entry->latency);
  const enum oio_status status = step(db, statement, error);
  sqlite3_finalize(statement);
  return status;
}

/* Configurations as texts. */
struct keys {
  char *asked, *basis, *differs;
};

static enum oio_status add_row(struct results_db *db, const struct results_entry *entry, const struct keys *keys, int64_t basis,
                               struct oio_error *error) {
  char build[RESULTS_BUILD_BYTES], inputs[20];
  sqlite3_stmt *add = db->add;
  bind_text(add, ":version", oio_version());
  bind_text(add, ":build", results_build(build));
  bind_text(add, ":command", entry->command);
  bind_text(add, ":label", entry->label);
  bind_text(add, ":trace", entry->trace);
  bind_text(add, ":inputs", inputs_of(db, entry, inputs));
  bind_text(add, ":asked", keys->asked);
  bind_text(add, ":keys", keys->differs);
  bind_text(add, ":result", entry->result);
  bind_text(add, ":error", entry->error);
  bind_text(add, ":results", entry->results);
  bind_text(add, ":latency", entry->latency);
  bind_whole(add, ":seed", entry->config->seed);
  bind_whole(add, ":basis", (uint64_t)basis);
  if (entry->study > 0) {
    bind_whole(add, ":study", (uint64_t)entry->study);
    bind_whole(add, ":number", entry->number);
    bind_whole(add, ":point", entry->point);
  }
  enum oio_status status = step(db, add, error);
  const bool added = sqlite3_changes(db->file) > 0;
  sqlite3_reset(add);
  sqlite3_clear_bindings(add);
  return status == OIO_OK && added ? add_answer(db, entry, error) : status;
}

static enum oio_status add_whole(struct results_db *db, const struct results_entry *entry, const struct keys *keys,
                                 struct oio_error *error) {
  int64_t id = db->basis;
  enum oio_status status = results_db_execute(db, "BEGIN IMMEDIATE", error);
  if (status != OIO_OK) return status;
  if (id == 0)
    status = row_of(db, "INSERT OR IGNORE INTO basis(keys) VALUES (?1)", "SELECT id FROM basis WHERE keys = ?1", keys->basis, &id, error);
  if (status == OIO_OK) status = add_row(db, entry, keys, id, error);
  if (status == OIO_OK) status = results_db_execute(db, "COMMIT", error);
  if (status == OIO_OK) db->basis = id;
  if (status != OIO_OK) sqlite3_exec(db->file, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

/* What a run is asked for is held against the defaults, and what it then has against what those become. */
enum oio_status results_db_add(struct results_db *db, const struct results_entry *entry, struct oio_error *error) {
  struct oio_config defaults, resolved;
  oio_config_defaults(&defaults);
  resolved = defaults;
  enum oio_status status = oio_config_resolve(&resolved, error);
  struct keys keys = {.asked = keys_of(entry->asked, &defaults, true),
                      .basis = db->basis > 0 ? NULL : keys_of(&resolved, NULL, false),
                      .differs = keys_of(entry->config, &resolved, false)};
  if (keys.asked == NULL || (keys.basis == NULL && db->basis == 0) || keys.differs == NULL) status = results_db_no_memory(error);
  if (status == OIO_OK) status = prepare(db, error);
  if (status == OIO_OK) status = add_whole(db, entry, &keys, error);
  free(keys.asked);
  free(keys.basis);
  free(keys.differs);
  return status;
}

enum oio_status results_db_add_line(struct results_db *db, const struct results_entry *entry, const char *line, struct oio_error *error) {
  struct results_entry whole = *entry;
  sqlite3_stmt *parts = results_db_prepare(
      db, "SELECT json_extract(?1, '$.results'), json_extract(?1, '$.latency'), json_extract(?1, '$.error'), json_extract(?1, '$.good')",
      error);
  if (parts == NULL) return OIO_ERR_IO;
  sqlite3_bind_text(parts, 1, line, -1, SQLITE_STATIC);
  enum oio_status status = OIO_OK;
  if (sqlite3_step(parts) == SQLITE_ROW) {
    whole.results = results_db_is_null(parts, 0) ? NULL : results_db_text(parts, 0);
    whole.latency = results_db_is_null(parts, 1) ? NULL : results_db_text(parts, 1);
    whole.error = results_db_text(parts, 2);
    whole.result = whole.results == NULL ? "refused" : sqlite3_column_int(parts, 3) ? "good" : "bad";
    /* A text for which there was no memory is none. */
    status = sqlite3_errcode(db->file) == SQLITE_NOMEM ? results_db_no_memory(error) : results_db_add(db, &whole, error);
  } else {
    status = results_db_fault(db, "written", error);
  }
  sqlite3_finalize(parts);
  return status;
}
