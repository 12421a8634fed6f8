/* SPDX-License-Identifier: Apache-2.0 */
/* `oio new-bench`: a folder with a bench around a device that is not ours. */
#define _XOPEN_SOURCE 700
#include "argument.h"
#include "command.h"
#include "describe.h"
#include "glue.h"
#include "options.h"
#include "own_path.h"
#include "quoted.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] = "usage: oio new-bench FOLDER --top NAME --sources FILE... [OPTION]...\n"
                           "       oio new-bench FOLDER\n"
                           "Make a folder with a bench around a link end of your own that speaks the plain profile: a port map guessed "
                           "from Verilator's description of\n"
                           "the top, the glue, a Makefile and a README. `make run` there builds and runs it. The second form makes it anew "
                           "from an edited port map.\n"
                           "\n"
                           "  --top NAME             the module\n"
                           "  --sources FILE...      its SystemVerilog or Verilog, packages first\n"
                           "  --bytes 64|128|256     what a beat of the line is to have; refused where the port has another width\n"
                           "  --verilator ARGUMENT   an argument for Verilator; may be given again\n";

struct asked {
  const char *folder;
  unsigned bytes;
  struct port_map map;
};

static int refuse(const char *text, const char *what) {
  fprintf(stderr, "oio new-bench: %s%s\n", text, what);
  return EXIT_UNUSABLE;
}

static int add_source(struct port_map *map, const char *name) {
  char path[4096];
  if (realpath(name, path) == NULL) {
    fprintf(stderr, "oio new-bench: %s: %s\n", name, strerror(errno));
    return EXIT_UNUSABLE;
  }
  if (strlen(path) >= ARGUMENT_BYTES || strpbrk(path, " \t\r\n#$%:;'\"\\`&|<>()*?") != NULL)
    return refuse("a source's path is to have no blank, none of #$%:;'\"\\`&|<>()*?, and less than 1,000 letters: ", path);
  return map_words_add(&map->sources, path) ? -1 : refuse("too many sources", "");
}

static int add_argument(struct port_map *map, const char *text) {
  const struct map_words *words = &map->arguments;
  char whole[ARGUMENT_BYTES];
  if (!argument_from_here(words->count > 0 ? words->list[words->count - 1] : NULL, text, whole))
    return refuse("an argument is to have no #, no end of a line, no blank at its ends, and less than 1,000 letters: ", text);
  return map_words_add(&map->arguments, whole) ? -1 : refuse("too many arguments", "");
}

/* -1: go on. */
static int read_options(struct asked *asked, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (strcmp(argv[i], "--help") == 0) return fputs(help, stdout), EXIT_DONE;
    if (argv[i][0] != '-' && asked->folder == NULL) {
      asked->folder = argv[i];
      continue;
    }
    if (argv[i][0] != '-' || value == NULL) return refuse("no such option, or its value is missing; see `oio new-bench --help`: ", argv[i]);
    if (strcmp(argv[i], "--sources") == 0) {
      for (; i + 1 < argc && argv[i + 1][0] != '-'; i++) {
        const int status = add_source(&asked->map, argv[i + 1]);
        if (status >= 0) return status;
      }
    } else if (strcmp(argv[i], "--top") == 0 && strlen(value) < TOP_NAME_BYTES) {
      strcpy(asked->map.top, argv[++i]);
    } else if (strcmp(argv[i], "--verilator") == 0) {
      const int status = add_argument(&asked->map, argv[++i]);
      if (status >= 0) return status;
    } else if (strcmp(argv[i], "--bytes") == 0 && (strcmp(value, "64") == 0 || strcmp(value, "128") == 0 || strcmp(value, "256") == 0)) {
      asked->bytes = (unsigned)strtoul(argv[++i], NULL, 10);
    } else {
      return refuse("no such option, or no such value; see `oio new-bench --help`: ", argv[i]);
    }
  }
  return asked->folder != NULL ? -1 : refuse("name a folder; see `oio new-bench --help`", "");
}

static const char *in_folder(const struct asked *asked, const char *name, char path[4096]) {
  snprintf(path, 4096, "%.3900s/%s", asked->folder, name);
  return path;
}

static int refuse_for(const char *path, int cause) {
  fprintf(stderr, "oio new-bench: %s: %s\n", path, strerror(cause));
  return EXIT_UNUSABLE;
}

static void write_makefile(const struct asked *asked, FILE *file) {
  const struct port_map *map = &asked->map;
  char own[4096];
  if (!own_path(own, sizeof own)) strcpy(own, "oio");
  fprintf(file, "# Written by `oio new-bench` from port.map: edit that. SPDX-License-Identifier: Apache-2.0\nOIO ?= %s\n", own);
  fprintf(file, "OIO_PREFIX ?= $(patsubst %%/bin/,%%,$(dir $(OIO)))\n"
                "PKG_CONFIG ?= PKG_CONFIG_PATH=$(subst $() ,:,$(wildcard $(OIO_PREFIX)/lib/pkgconfig "
                "$(OIO_PREFIX)/lib/*/pkgconfig)):$$PKG_CONFIG_PATH "
                "pkg-config\n"
                "OIO_DPI ?= $(shell $(PKG_CONFIG) --variable=dpi oio-dpi)\n"
                "OIO_LIBS ?= $(shell $(PKG_CONFIG) --libs oio-dpi) -Wl,-rpath,$(shell $(PKG_CONFIG) --variable=libdir oio-dpi)\n"
                "VERILATOR ?= verilator\nSOURCES =");
  for (size_t i = 0; i < map->sources.count; i++) fprintf(file, " \\\n  %s", map->sources.list[i]);
  fprintf(file, "\nARGUMENTS =");
  for (size_t i = 0; i < map->arguments.count; i++) {
    putc(' ', file);
    quoted_put_word(file, map->arguments.list[i], true);
  }
  fprintf(file,
          "\n\nrun: build/bench\n\tbuild/bench $(ARGS)\n\n"
          "build/bench: bench.sv Makefile $(SOURCES)\n"
          "\t@test -n '$(OIO_DPI)' || { echo 'pkg-config does not find oio-dpi: set OIO_PREFIX to where oio is installed' >&2; exit 2; }\n"
          "\t$(VERILATOR) --cc --exe --build --assert -O3 -Wno-fatal -Wno-lint -Wno-style --top-module oio_new_bench --Mdir build "
          "$(ARGUMENTS) \\\n"
          "\t  -F $(OIO_DPI)/oio_dpi_dut.f $(SOURCES) bench.sv $(OIO_DPI)/oio_dpi_dut_main.cpp -LDFLAGS \"$(OIO_LIBS)\" -o bench "
          ">build.log 2>&1 || \\\n"
          "\t  { grep -m 5 -e '%%Error' -e 'error:' build.log; echo 'the bench could not be built: see build.log' >&2; exit 2; }\n\n"
          "Makefile bench.sv: port.map\n\t$(OIO) new-bench .\n\nclean:\n\trm -rf build build.log\n.PHONY: run clean\n");
}

static void write_readme(const struct asked *asked, FILE *file) {
  fprintf(file,
          "# A bench around %s\n\n`port.map` says which port of the device is what, and how long the run is: the one file to edit. `make "
          "run` builds and runs:\n"
          "a far end of the plain profile (SPEC.md section 16), wires with delay and damage, numbered payloads both ways, and checks of "
          "all that the device\n"
          "sends. `build/bench` exits with 0 when all payloads have arrived once, in order and unaltered, with 1 after a finding, which "
          "has rule, time and port,\n"
          "with 2 where the map does not fit. `make run ARGS=+word` hands plusargs to the device. The guide is `bring-your-own-rtl.md` of "
          "oio.\n",
          asked->map.top);
}

static const char *const made[] = {"bench.sv", "README.md", "Makefile"}; /* beside the map, and again from each */

static void write_made(const struct asked *asked, const struct top_ports *ports, unsigned which, FILE *file) {
  if (which == 0)
    glue_write(&asked->map, ports, file);
  else if (which == 1)
    write_readme(asked, file);
  else
    write_makefile(asked, file);
}

static int write_folder(const struct asked *asked, const struct top_ports *ports) {
  char path[4096];
  for (unsigned i = 0; i < sizeof made / sizeof *made; i++) {
    struct oio_whole whole;
    if (!oio_whole_begin(&whole, in_folder(asked, made[i], path))) return refuse_for(path, errno);
    write_made(asked, ports, i, whole.file);
    if (!oio_whole_end(&whole)) return refuse_for(path, errno);
  }
  return EXIT_DONE;
}

static int tell(const struct asked *asked, const struct oio_error *error) {
  fprintf(stderr, "oio new-bench: %s: %s\n", asked->folder, error->text);
  return EXIT_UNUSABLE;
}

/* Does the line have the width asked for? One that could not be told by its name is refused later. */
static enum oio_status check_width(const struct asked *asked, const struct top_ports *ports, struct oio_error *error) {
  const struct top_port *line = top_ports_find(ports, asked->map.pins[MAP_LINE_OUT][MAP_DATA]);
  if (asked->bytes == 0 || line == NULL || line->width == 8 * asked->bytes) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "line.out.data: port %s has %u bytes, not the %u of --bytes", line->name, line->width / 8,
                       asked->bytes);
}

static int write_map(const struct asked *asked, const struct top_ports *ports) {
  char path[4096];
  struct oio_whole whole;
  if (!oio_whole_begin(&whole, in_folder(asked, "port.map", path))) return refuse_for(path, errno);
  port_map_write(&asked->map, ports, whole.file);
  return oio_whole_end(&whole) ? -1 : refuse_for(path, errno);
}

/* The map, checked; where there was none it is guessed, and written also where its user has to go on. */
static int settle_map(struct asked *asked, const struct top_ports *ports, bool is_new) {
  static const char *const usual[] = {"payloads 2000", "delay_flits 20", "damage_every 97"};
  struct oio_error error = {0};
  if (is_new) {
    port_map_guess(&asked->map, ports);
    for (unsigned i = 0; i < 3; i++) map_words_add(&asked->map.settings, usual[i]);
  }
  if (check_width(asked, ports, &error) != OIO_OK) return tell(asked, &error);
  const int status = is_new ? write_map(asked, ports) : -1;
  if (status >= 0) return status;
  return port_map_check(&asked->map, ports, &error) == OIO_OK ? -1 : tell(asked, &error);
}

/* -1: the map, if there is one, has been read. */
static int read_map(struct asked *asked, bool *is_new) {
  struct oio_error error = {0};
  char path[4096];
  FILE *file = fopen(in_folder(asked, "port.map", path), "r");
  *is_new = file == NULL;
  if (file == NULL) return errno == ENOENT ? -1 : refuse_for(errno == ENOTDIR ? asked->folder : path, errno);
  if (asked->map.top[0] != '\0' || asked->map.sources.count > 0)
    return fclose(file), refuse("there is a port.map already; edit that, or take it away: ", asked->folder);
  const enum oio_status status = port_map_read(&asked->map, file, "port.map", &error);
  fclose(file);
  return status == OIO_OK ? -1 : tell(asked, &error);
}

/* -1: there is a folder, in which nothing of another's would be written over. */
static int begin_folder(const struct asked *asked, bool is_new, bool *own) {
  char path[4096];
  if (asked->map.top[0] == '\0' || asked->map.sources.count == 0) return refuse("name --top and --sources; see `oio new-bench --help`", "");
  for (unsigned i = 0; is_new && i < sizeof made / sizeof *made; i++) {
    if (access(in_folder(asked, made[i], path), F_OK) == 0)
      return refuse("this would be written over; name another folder, or take it away: ", path);
  }
  *own = mkdir(asked->folder, 0777) == 0;
  return *own || errno == EEXIST ? -1 : refuse_for(asked->folder, errno);
}

static int make(struct asked *asked) {
  struct oio_error error = {0};
  struct top_ports ports = {0};
  char path[4096], log[4096], map[4096], *xml = NULL;
  bool is_new, own;
  int status = read_map(asked, &is_new);
  if (status < 0) status = begin_folder(asked, is_new, &own);
  if (status >= 0) return status;
  in_folder(asked, "verilator.log", log);
  const bool described = describe_top(&asked->map, in_folder(asked, ".top.xml", path), log, &xml, &error) == OIO_OK;
  status =
      described && top_ports_read(&ports, xml, asked->map.top, &error) == OIO_OK ? settle_map(asked, &ports, is_new) : tell(asked, &error);
  if (status < 0) status = write_folder(asked, &ports);
  if (status == EXIT_DONE && is_new) printf("%s: look at port.map, then: make -C %s run\n", asked->folder, asked->folder);
  remove(path);
  if (status != EXIT_DONE && own && described && access(in_folder(asked, "port.map", map), F_OK) != 0) {
    remove(log);
    rmdir(asked->folder);
  }
  free(xml);
  top_ports_free(&ports);
  return status;
}

int oio_command_new_bench(int argc, char **argv) {
  struct asked asked = {0};
  int status = read_options(&asked, argc, argv);
  if (status < 0) status = make(&asked);
  port_map_free(&asked.map);
  return status;
}
