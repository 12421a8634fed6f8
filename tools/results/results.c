/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results`: looks at databases of results. */
#include "command.h"
#include "options.h"
#include "quoted.h"
#include "results_verbs.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio results list FILE [--where NAME=VALUE]... [--sort NAME] [--columns NAME,...] [--limit N] [--json]\n"
    "       oio results show FILE RUN [--json]\n"
    "       oio results compare FILE RUN RUN [--json]\n"
    "       oio results export FILE csv|parquet-ready [--where NAME=VALUE]... [--sort NAME] -o OUT\n"
    "       oio results plot FILE --x NAME --y FIGURE [--by NAME] [--log x|y|xy] [--where NAME=VALUE]... [--svg OUT] [--csv OUT]\n"
    "       oio results html FILE [--where NAME=VALUE]... [--title TEXT] -o OUT\n"
    "       oio results serve FILE [--where NAME=VALUE]... [--title TEXT] [--port N]\n"
    "       oio results check GOLDEN [NEW] [--tolerance [FIGURE=]NUMBER[%]]... [--exact] [--where NAME=VALUE]... [--junit OUT] [--github]\n"
    "Look at a database of results, to which runs are added with --db (docs/results-db.md).\n"
    "\n"
    "  list     runs, a line each: what they were asked for and do not have in common, and what came out\n"
    "  show     all of one run\n"
    "  compare  which keys of two runs differ, which figures moved, and which parts of the latency moved it\n"
    "  export   a table: a column for each figure and key\n"
    "  plot     a line chart: a figure over a key or another figure, a line for each value of a third\n"
    "  html     one page that needs no other file and no network: a table with filters, charts, latency against energy\n"
    "  serve    that page for browsers of this machine, made anew whenever it is asked for, until Ctrl-C\n"
    "  check    has what was run for GOLDEN moved? Runs it again, or takes the runs of NEW\n"
    "\n"
    "  --where NAME=VALUE      only such runs; also != < <= > >=; repeatable. NAME: a column, a figure (p99 and so on stand for\n"
    "                          latency_p99_ps), or a key (load, net ... stand for workload.load, net.topology)\n"
    "  --sort NAME             in this order; without it, as they were added\n"
    "  --descending            the other way round\n"
    "  --columns NAME,...      these columns\n"
    "  --limit N               so many runs at most\n"
    "  --json                  as JSON\n"
    "  --tolerance FIGURE=N    it may move so far, in its unit or with % in parts of it, and not only within what its own chance leaves\n"
    "                          open; N% is of all that are watched: p50, p99, p999, mean, delivered, lost and those named; repeatable\n"
    "  --exact                 chance leaves nothing open: the same seed is to give the same figures\n"
    "  --junit OUT             a test case for each run\n"
    "  --github                annotations for GitHub Actions\n"
    "  --x NAME --y FIGURE --by NAME --log x|y|xy --svg OUT --csv OUT\n"
    "                          as of `oio sweep plot`; up to four times --y\n"
    "  --title TEXT            of the page or chart\n"
    "  --port N                listen there, 1..65535, not where something is free; always on 127.0.0.1\n"
    "  -o OUT                  where the table or page goes; - is standard output\n"
    "  --help                  this\n"
    "\n"
    "Exit status: 0 done, 1 something has moved or is missing (check), 2 unusable input or usage, 3 nothing to check, 130 interrupted.\n";

int results_refuse(const char *verb, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "oio results%s%s: ", verb != NULL ? " " : "", verb != NULL ? verb : "");
  vfprintf(stderr, format, arguments);
  fputs("\n", stderr);
  va_end(arguments);
  return EXIT_UNUSABLE;
}

void results_put_json(FILE *out, sqlite3_stmt *row, int column) {
  const int type = sqlite3_column_type(row, column);
  if (type == SQLITE_NULL)
    fputs("null", out);
  else if (type == SQLITE_TEXT)
    quoted_put(out, results_db_text(row, column));
  else
    fputs(results_db_text(row, column), out);
}

int64_t results_run(const struct results_db *db, const char *word, struct oio_error *error) {
  char *behind;
  const long long number = strtoll(word, &behind, 10);
  sqlite3_stmt *statement = results_db_prepare(db, "SELECT 1 FROM run WHERE id = ?1", error);
  if (statement == NULL) return 0;
  sqlite3_bind_int64(statement, 1, number);
  const bool there = *word >= '0' && *word <= '9' && *behind == '\0' && sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  if (there) return number;
  oio_error_set(error, OIO_ERR_CONFIG, "%.160s: there is no run '%.40s'; `oio results list` has their numbers", db->path, word);
  return 0;
}

/* What a verb takes: how many words, and which options by their letters. */
static const struct verb {
  const char *name;
  unsigned words;
  const char *options, *wants;
  int (*run)(struct results_db *db, const struct results_asked *asked);
} verbs[] = {{"list", 1, "wsdcnj", "name the database", results_list},
             {"show", 2, "j", "name the database and a run, by its number", results_show},
             {"compare", 3, "j", "name the database and two runs, by their numbers", results_compare},
             {"export", 2, "wsdno", "name the database, and csv or parquet-ready", results_export},
             {"plot", 1, "wsdnlXYBLVC", "name the database", results_plot},
             {"html", 1, "wsdnol", "name the database", results_html},
             {"serve", 1, "wsdnlp", "name the database", results_serve},
             {"check", 1, "wtxugj", "name the golden database, and that of new runs where they are not to be run here", results_check}};

static const struct option options[] = {{"where", required_argument, NULL, 'w'},
                                        {"sort", required_argument, NULL, 's'},
                                        {"descending", no_argument, NULL, 'd'},
                                        {"columns", required_argument, NULL, 'c'},
                                        {"limit", required_argument, NULL, 'n'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"out", required_argument, NULL, 'o'},
                                        {"tolerance", required_argument, NULL, 't'},
                                        {"exact", no_argument, NULL, 'x'},
                                        {"junit", required_argument, NULL, 'u'},
                                        {"github", no_argument, NULL, 'g'},
                                        {"title", required_argument, NULL, 'l'},
                                        {"x", required_argument, NULL, 'X'},
                                        {"y", required_argument, NULL, 'Y'},
                                        {"by", required_argument, NULL, 'B'},
                                        {"log", required_argument, NULL, 'L'},
                                        {"svg", required_argument, NULL, 'V'},
                                        {"csv", required_argument, NULL, 'C'},
                                        {"port", required_argument, NULL, 'p'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

static int take_port(struct results_asked *asked, const char *value) {
  char *behind;
  const unsigned long port = strtoul(value, &behind, 10);
  if (*value < '1' || *value > '9' || *behind != '\0' || port > 65535)
    return results_refuse(asked->verb, "--port is a whole number, 1..65535, not '%.40s'", value);
  asked->port = (unsigned)port;
  return -1;
}

/* -1 to go on, else the exit status. */
static int take(struct results_asked *asked, int letter, const char *value) {
  const struct {
    int letter;
    const char **text;
  } texts[] = {{'X', &asked->x}, {'B', &asked->by}, {'L', &asked->log}, {'V', &asked->svg}, {'C', &asked->csv}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (letter == texts[i].letter) return *texts[i].text = value, -1;
  }
  struct selection *selection = &asked->selection;
  char *behind;
  if (letter == 'w' && selection->wheres == SELECT_WHERES_MAX)
    return results_refuse(asked->verb, "at most %d times --where", SELECT_WHERES_MAX);
  if (letter == 'w') selection->where[selection->wheres++] = value;
  if (letter == 's') selection->sort = value;
  if (letter == 'd') selection->descending = true;
  if (letter == 'c') asked->columns = value;
  if (letter == 'j') asked->json = true;
  if (letter == 'o') asked->out = value;
  if (letter == 'l') asked->title = value;
  if (letter == 'Y' && asked->ys == 4) return results_refuse(asked->verb, "at most 4 figures are drawn in one chart");
  if (letter == 'Y') asked->y[asked->ys++] = value;
  if (letter == 't' && asked->tolerances == SELECT_WHERES_MAX)
    return results_refuse(asked->verb, "at most %d times --tolerance", SELECT_WHERES_MAX);
  if (letter == 't') asked->tolerance[asked->tolerances++] = value;
  if (letter == 'x') asked->exact = true;
  if (letter == 'u') asked->junit = value;
  if (letter == 'g') asked->github = true;
  if (letter == 'p') return take_port(asked, value);
  if (letter != 'n') return -1;
  selection->limit = strtoull(value, &behind, 10);
  if (*value >= '1' && *value <= '9' && *behind == '\0') return -1;
  return results_refuse(asked->verb, "--limit is a whole number from 1, not '%.40s'", value);
}

static int read_all(const struct verb *verb, struct results_asked *asked, int argc, char **argv) {
  opterr = 0;
  for (int letter; (letter = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
    if (letter == 'h') return fputs(help, stdout), EXIT_DONE;
    if (letter == '?')
      return results_refuse(verb->name, "'%.80s' is no option, or its value is missing; see `oio results --help`", argv[optind - 1]);
    if (strchr(verb->options, letter) == NULL)
      return results_refuse(verb->name, "it does not take '%.80s'; see `oio results --help`", argv[optind - 1]);
    const int taken = take(asked, letter, optarg);
    if (taken >= 0) return taken;
  }
  for (; optind < argc && asked->words < RESULTS_WORDS_MAX; optind++) asked->word[asked->words++] = argv[optind];
  const bool right = asked->words == verb->words || (verb->run == results_check && asked->words == 2);
  return right && optind == argc ? -1 : results_refuse(verb->name, "%s; see `oio results --help`", verb->wants);
}

int oio_command_results(int argc, char **argv) {
  struct oio_error error = {""};
  struct results_db *db;
  if (argc < 2 || strcmp(argv[1], "--help") == 0) return fputs(help, argc < 2 ? stderr : stdout), argc < 2 ? EXIT_UNUSABLE : EXIT_DONE;
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    if (strcmp(argv[1], verbs[i].name) != 0) continue;
    struct results_asked asked = {.argv = argv, .verb = argv[1]};
    int status = read_all(&verbs[i], &asked, argc - 1, argv + 1);
    if (status >= 0) return status;
    if (results_db_open_to_read(&db, asked.word[0], &error) != OIO_OK) return results_refuse(argv[1], "%s", error.text);
    status = verbs[i].run(db, &asked);
    results_db_close(db);
    return status;
  }
  return results_refuse(NULL, "there is no verb '%.80s'; see `oio results --help`", argv[1]);
}
