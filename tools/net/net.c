/* SPDX-License-Identifier: Apache-2.0 */
/* `oio net show`: a net on paper. */
#include "net.h"
#include "command.h"
#include "oio/results.h"
#include "oio/sim.h"
#include "options.h"
#include "page.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio net show [OPTION]... NET\n"
    "Say what a net of many dies is made of, how long its routes are, whether they can deadlock, what a pattern of traffic asks of its\n"
    "most loaded wire, and how much memory a run of it takes. NET is a shape or a net file (docs/net-format.md), whose name has a '/'\n"
    "or a '.' in it. Here links may be of any class; a run wants those that have keys: package, rack, row or your own (same page).\n"
    "\n"
    "  --pattern NAME    who sends to whom: uniform (the default), neighbour, transpose, tornado, complement, hot-spot,\n"
    "                    permutation\n"
    "  --seed N          of the permutation, as that of a run (1)\n"
    "  --buffers KIND    of a switch: per-port (the default) or shared by all its ports\n"
    "  --no-datelines    leave out the change of hop VC on rings and tori: shows what it is there for\n"
    "  --route A:B       show the way from die A to die B, too (of messages of VC 0)\n"
    "  --svg FILE        draw the net\n"
    "  --json            print one JSON object instead of the table\n"
    "\n"
    "Shapes:\n";

struct asked {
  const char *svg, *route;
  bool json, no_datelines;
};

static int refuse(const char *what, const char *which) {
  fprintf(stderr, "oio net: %s '%.80s'; see `oio net --help`\n", what, which);
  return EXIT_UNUSABLE;
}

static int fail(const struct oio_error *error) {
  fprintf(stderr, "oio net: %s\n", error->text);
  return EXIT_UNUSABLE;
}

static int print_help(void) {
  struct oio_shape_help shape;
  fputs(help, stdout);
  for (unsigned i = 0; oio_topology_shape(i, &shape); i++) printf("  %-18s %s\n", shape.form, shape.help);
  printf("\nExit status: 0 it cannot deadlock, 1 it can, 2 unusable input.\n");
  return EXIT_DONE;
}

static bool read_pattern(const char *name, enum oio_pattern *pattern) {
  for (unsigned i = 0; oio_pattern_name(i) != NULL; i++) {
    if (strcmp(name, oio_pattern_name(i)) == 0) return (*pattern = (enum oio_pattern)i, true);
  }
  return false;
}

static bool read_seed(const char *text, uint64_t *seed) {
  char *behind;
  errno = 0;
  *seed = strtoull(text, &behind, 10);
  return isdigit((unsigned char)*text) && *behind == '\0' && errno == 0;
}

static bool read_die(const struct oio_topology *t, const char **text, char end, uint32_t *die) {
  char *behind;
  if (!isdigit((unsigned char)**text)) return false;
  const unsigned long value = strtoul(*text, &behind, 10);
  *text = behind + 1;
  *die = (uint32_t)value;
  return *behind == end && value < oio_topology_dies(t);
}

/* -1 to go on, else the exit status. */
static int find_route(const struct oio_topology *t, const char *text, struct net_route *route) {
  const char *at = text;
  if (!read_die(t, &at, ':', &route->from) || !read_die(t, &at, '\0', &route->to) || route->from == route->to) {
    return refuse("--route wants two different dies of the net, such as 0:1, not", text);
  }
  const struct oio_way way = {.source = route->from, .destination = route->to};
  uint32_t node = route->from, in = OIO_NONE;
  route->hops = malloc(oio_topology_nodes(t) * sizeof *route->hops);
  if (route->hops == NULL) return refuse("out of memory for --route", text);
  for (uint8_t vc = 0; node != route->to; vc = route->hops[route->length++].vc) {
    struct oio_hop *hop = &route->hops[route->length];
    if (!oio_topology_next(t, &way, node, in, vc, hop)) return refuse("there is no way (dies pass nothing on) for --route", text);
    in = hop->port ^ 1;
    node = oio_topology_node_of(t, in);
  }
  return -1;
}

/* What the pattern asks of every wire; where it does not go with the net, facts say why. */
static enum oio_status measure_load(struct net_facts *facts, struct oio_error *error) {
  const struct oio_topology *t = facts->topology;
  uint32_t *partners = malloc(oio_topology_dies(t) * sizeof *partners);
  double *load = malloc(2 * (size_t)oio_topology_links(t) * sizeof *load);
  enum oio_status status = OIO_ERR_NOMEM;
  if (partners != NULL && load != NULL) status = oio_pattern_partners(partners, t, facts->pattern, facts->seed, &facts->no_load);
  if (status == OIO_OK) status = oio_routes_load(load, t, partners, NULL, &facts->no_load);
  free(partners);
  if (status != OIO_OK) {
    free(load);
    return status == OIO_ERR_NOMEM ? oio_error_set(error, status, "out of memory for the load of every wire") : OIO_OK;
  }
  facts->load = load;
  for (uint32_t wire = 1; wire < 2 * oio_topology_links(t); wire++) {
    if (load[wire] > load[facts->heaviest]) facts->heaviest = wire;
  }
  return OIO_OK;
}

/* Of two dies, or where a class of links has no keys, nothing is said. */
static enum oio_status measure_memory(struct net_facts *facts, struct oio_error *error) {
  struct oio_config config;
  oio_config_defaults(&config);
  config.generator = OIO_POISSON; /* something: without, the look-ahead of a trace would be counted */
  const int nbytes = snprintf(config.net, sizeof config.net, "%s", facts->name);
  if (nbytes >= (int)sizeof config.net || oio_config_resolve(&config, NULL) != OIO_OK || !oio_config_is_routed(&config)) return OIO_OK;
  const enum oio_status status = oio_sim_memory(&config, &facts->memory, error);
  if (status != OIO_OK) facts->memory = (struct oio_memory){0, 0};
  return status == OIO_ERR_NOMEM ? status : OIO_OK;
}

static enum oio_status measure(struct net_facts *facts, struct oio_error *error) {
  const struct oio_topology *t = facts->topology;
  facts->pairs_walked = oio_topology_dies(t) <= NET_PAIRS_DIES_MAX;
  enum oio_status status = oio_routes_cut(&facts->cut, t, error);
  if (status == OIO_OK) status = oio_routes_check(&facts->deadlock, t, facts->buffers, error);
  if (status == OIO_OK) status = measure_memory(facts, error);
  if (status != OIO_OK) return status;
  if (facts->pairs_walked) oio_routes_lengths(&facts->lengths, t);
  if (facts->pairs_walked || facts->pattern != OIO_PATTERN_UNIFORM) return measure_load(facts, error);
  oio_error_set(&facts->no_load, OIO_ERR_FULL, "not walked: more than %d dies; take another pattern", NET_PAIRS_DIES_MAX);
  return OIO_OK;
}

/* The drawing is made in memory first, so that the file is whole or not there. */
static enum oio_status write_drawing(const char *path, const struct net_facts *facts, const struct net_route *route,
                                     struct oio_error *error) {
  char *text = NULL;
  struct page page;
  if (page_begin(&page)) {
    net_draw(page.out, facts, route);
    text = page_end(&page);
  }
  const enum oio_status status =
      text == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "--svg %.200s: out of memory", path) : oio_write_whole(path, text, error);
  free(text);
  return status;
}

static int show(const char *name, const struct asked *asked, struct net_facts *facts, struct oio_topology *topology) {
  struct oio_error error;
  struct net_route route = {.length = 0};
  int exit_status = -1;
  if (asked->no_datelines) oio_topology_drop_datelines(topology);
  facts->name = name;
  facts->topology = topology;
  if (asked->route != NULL) exit_status = find_route(topology, asked->route, &route);
  if (exit_status < 0 && measure(facts, &error) != OIO_OK) exit_status = fail(&error);
  if (exit_status < 0 && asked->svg != NULL && write_drawing(asked->svg, facts, &route, &error) != OIO_OK) exit_status = fail(&error);
  if (exit_status < 0) {
    (asked->json ? net_print_json : net_print_table)(facts, &route);
    exit_status = facts->deadlock.verdict == OIO_DEADLOCK_POSSIBLE ? EXIT_BAD_RESULT : EXIT_DONE;
  }
  free(route.hops);
  free(facts->load);
  oio_deadlock_free(&facts->deadlock);
  return exit_status;
}

/* Reads the options in front of the net. Returns -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct asked *asked, struct net_facts *facts) {
  static const struct option options[] = {
      {"pattern", required_argument, NULL, 'p'}, {"buffers", required_argument, NULL, 'b'}, {"no-datelines", no_argument, NULL, 'd'},
      {"route", required_argument, NULL, 'r'},   {"svg", required_argument, NULL, 's'},     {"json", no_argument, NULL, 'j'},
      {"seed", required_argument, NULL, 'x'},    {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
    if (letter == 'h') return print_help();
    if (letter == 'd') asked->no_datelines = true;
    if (letter == 'j') asked->json = true;
    if (letter == 'r') asked->route = optarg;
    if (letter == 's') asked->svg = optarg;
    if (letter == 'p' && !read_pattern(optarg, &facts->pattern)) return refuse("there is no pattern", optarg);
    if (letter == 'x' && !read_seed(optarg, &facts->seed)) return refuse("--seed is a whole number, not", optarg);
    if (letter == 'b' && strcmp(optarg, "per-port") != 0 && strcmp(optarg, "shared") != 0)
      return refuse("--buffers is per-port or shared, not", optarg);
    if (letter == 'b') facts->buffers = *optarg == 's' ? OIO_BUFFERS_SHARED : OIO_BUFFERS_PER_PORT;
    if (letter == '?') return refuse("no such option, or its value is missing:", argv[optind - 1]);
  }
  return argc - optind == 1 ? -1 : refuse("name one net; what is one too many, or the last word, is", argv[argc - 1]);
}

int oio_command_net(int argc, char **argv) {
  struct asked asked = {.svg = NULL};
  struct net_facts facts = {.seed = 1};
  struct oio_topology *topology;
  struct oio_error error;
  if (argc >= 2 && strcmp(argv[1], "--help") == 0) return print_help();
  if (argc < 2 || strcmp(argv[1], "show") != 0) return refuse("say show, not", argc >= 2 ? argv[1] : "");
  const int read = read_options(argc - 1, argv + 1, &asked, &facts);
  if (read >= 0) return read;
  const char *name = argv[argc - 1];
  const bool file = strpbrk(name, "/.") != NULL;
  const enum oio_status status = file ? oio_topology_load(&topology, name, &error) : oio_topology_create(&topology, name, &error);
  if (status != OIO_OK) return fail(&error);
  const int exit_status = show(name, &asked, &facts, topology);
  oio_topology_destroy(topology);
  return exit_status;
}
