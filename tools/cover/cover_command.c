/* SPDX-License-Identifier: Apache-2.0 */
/* `oio cover merge|report`: which situations of the protocol runs have been in. */
#include "command.h"
#include "cover_page.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "usage: oio cover merge OUT IN...\n"
                           "       oio cover report FILE [--json] [--html PAGE]\n"
                           "Which situations of the protocol runs have been in (docs/coverage.md): of files that --cover FILE writes.\n"
                           "\n"
                           "  merge    add files up; OUT may be one of them\n"
                           "  report   how much is hit, and what is not, each with its clause of SPEC.md and a run that hits it\n"
                           "\n"
                           "  --json        print JSON: every bin\n"
                           "  --html PAGE   write a page for a browser: every bin\n"
                           "  --help        this\n"
                           "\n"
                           "Exit status: 0 done, 2 unusable input or usage.\n";

#define refuse(...) options_refuse("cover", __VA_ARGS__)

static int unusable(const struct oio_error *error) {
  fprintf(stderr, "%s\n", error->text);
  return EXIT_UNUSABLE;
}

static int merge(int argc, char **argv) {
  struct oio_error error = {""};
  struct oio_cover sum = {{0}};
  if (argc < 3) return refuse("merge takes the file to write, and those to add up; see `oio cover --help`");
  for (int i = 2; i < argc; i++) {
    struct oio_cover one;
    if (oio_cover_read(&one, argv[i], &error) != OIO_OK) return unusable(&error);
    oio_cover_merge(&sum, &one);
  }
  return oio_cover_write(&sum, argv[1], &error) == OIO_OK ? EXIT_DONE : unusable(&error);
}

static void put_missed(FILE *out, const struct oio_cover *cover, bool excused) {
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) {
    struct oio_cover_bin bin;
    oio_cover_get_bin(i, &bin);
    if (cover->hits[i] > 0 || (bin.excuse != NULL) != excused) continue;
    fprintf(out, "%s  %s (SPEC %s)\n    %s\n", bin.name, bin.what, bin.clause, excused ? bin.excuse : bin.command);
  }
}

static void put_groups(FILE *out, const struct oio_cover *cover) {
  bool put[OIO_COVER_BINS] = {false};
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) {
    unsigned hit = 0, bins = 0;
    struct oio_cover_bin first;
    oio_cover_get_bin(i, &first);
    const size_t nbytes = strcspn(first.name, ".") + 1;
    for (unsigned k = i; k < OIO_COVER_BINS && !put[i]; k++) {
      struct oio_cover_bin bin;
      oio_cover_get_bin(k, &bin);
      if (strncmp(bin.name, first.name, nbytes) != 0) continue;
      bins++;
      hit += cover->hits[k] > 0;
      put[k] = k != i;
    }
    if (bins > 0) fprintf(out, "%-10.*s%6u of %u\n", (int)nbytes - 1, first.name, hit, bins);
  }
}

static void put_text(FILE *out, const struct oio_cover *cover) {
  const unsigned hit = oio_cover_hit(cover);
  put_groups(out, cover);
  fprintf(out, "%-10s%6u of %d, %.1f %%\n", "all", hit, OIO_COVER_BINS, 100.0 * hit / OIO_COVER_BINS);
  if (hit == OIO_COVER_BINS) return;
  fputs("\nNot hit, and a run that hits it:\n", out);
  put_missed(out, cover, false);
  fputs("\nNot hit, for a reason:\n", out);
  put_missed(out, cover, true);
}

static int write_page(const struct oio_cover *cover, const char *path, const char *name, struct oio_error *error) {
  struct page page;
  char *text = NULL;
  if (page_begin(&page)) {
    cover_put_html(page.out, cover, name);
    text = page_end(&page);
  }
  if (text == NULL) return refuse("out of memory for the page");
  const enum oio_status status = oio_write_whole(path, text, error);
  free(text);
  return status == OIO_OK ? EXIT_DONE : unusable(error);
}

static int report(int argc, char **argv) {
  struct oio_error error = {""};
  struct oio_cover cover;
  const char *file = NULL, *html = NULL;
  bool json = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      json = true;
    } else if (strcmp(argv[i], "--html") == 0 && i + 1 < argc) {
      html = argv[++i];
    } else if (argv[i][0] == '-' || file != NULL) {
      return refuse("report takes one file, --json and --html PAGE, not '%.80s'; see `oio cover --help`", argv[i]);
    } else {
      file = argv[i];
    }
  }
  if (file == NULL) return refuse("report takes a file that --cover has written; see `oio cover --help`");
  if (html != NULL && outputs_same_file(html, file)) return refuse("--html would write over '%.200s'; choose another name", file);
  if (oio_cover_read(&cover, file, &error) != OIO_OK) return unusable(&error);
  if (html != NULL && write_page(&cover, html, file, &error) != EXIT_DONE) return EXIT_UNUSABLE;
  if (json) {
    cover_put_json(stdout, &cover);
  } else {
    put_text(stdout, &cover);
  }
  return EXIT_DONE;
}

int oio_command_cover(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "--help") == 0) return fputs(help, argc < 2 ? stderr : stdout), argc < 2 ? EXIT_UNUSABLE : EXIT_DONE;
  if (argc == 3 && strcmp(argv[2], "--help") == 0) return fputs(help, stdout), EXIT_DONE;
  if (strcmp(argv[1], "merge") == 0) return merge(argc - 1, argv + 1);
  if (strcmp(argv[1], "report") == 0) return report(argc - 1, argv + 1);
  return refuse("there is no verb '%.80s'; see `oio cover --help`", argv[1]);
}
