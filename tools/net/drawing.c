/* SPDX-License-Identifier: Apache-2.0 */
/* A net as a drawing: links by class and load, dies as squares, bridges as bars, switches as discs, a route on top. */
#include "net.h"

#include <inttypes.h>
#include <math.h>

#define PI 3.14159265358979323846

enum { WIDE = 960, HIGH = 720, MARGIN = 40, LEGEND = 60, NAMED_NODES_MAX = 150 };

static const char *const colours[] = {"#7a8793", "#2f6fb2", "#b5651d", "#4f8a4b", "#8a4f86", "#9a8b2c"};
enum { COLOURS = sizeof colours / sizeof colours[0] };

struct point {
  double x, y;
};

static struct point at(const struct net_facts *facts, uint32_t node) {
  double x, y;
  if (oio_topology_place(facts->topology, node, &x, &y)) {
    const double turns = x, radius = y;
    x = 0.5 + radius * sin(2 * PI * turns);
    y = 0.5 - radius * cos(2 * PI * turns);
  }
  return (struct point){MARGIN + x * (WIDE - 2 * MARGIN), LEGEND + MARGIN + y * (HIGH - LEGEND - 2 * MARGIN)};
}

/* A straight line, or a bow where a link closes a ring and would run over the nodes between. */
static void draw_line(FILE *out, struct point a, struct point b, bool bow, const char *style) {
  if (!bow) {
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", a.x, a.y, b.x, b.y, style);
    return;
  }
  const double dx = b.x - a.x, dy = b.y - a.y;
  fprintf(out, "<path d=\"M%.1f %.1f Q%.1f %.1f %.1f %.1f\" fill=\"none\" %s/>\n", a.x, a.y, (a.x + b.x) / 2 - dy * 0.12,
          (a.y + b.y) / 2 + dx * 0.12, b.x, b.y, style);
}

/* The shortest link between two switches along x and along y: a step of a grid. */
struct steps {
  double x, y;
};

static bool is_level(double distance) {
  return fabs(distance) < 0.5;
}

static struct steps find_steps(const struct net_facts *facts) {
  const struct oio_topology *t = facts->topology;
  struct steps steps = {WIDE, HIGH};
  for (uint32_t l = 0; l < oio_topology_links(t); l++) {
    const uint32_t a = oio_topology_node_of(t, 2 * l), b = oio_topology_node_of(t, 2 * l + 1);
    if (oio_topology_kind(t, a) != OIO_NODE_SWITCH || oio_topology_kind(t, b) != OIO_NODE_SWITCH) continue;
    const double dx = fabs(at(facts, a).x - at(facts, b).x), dy = fabs(at(facts, a).y - at(facts, b).y);
    if (is_level(dy)) steps.x = fmin(steps.x, dx);
    if (is_level(dx)) steps.y = fmin(steps.y, dy);
  }
  return steps;
}

/* Along a line of the grid over more than one step: it would run over the nodes between. */
static bool runs_over_others(struct steps steps, struct point a, struct point b) {
  const double dx = fabs(a.x - b.x), dy = fabs(a.y - b.y);
  return (is_level(dy) && dx > 1.5 * steps.x) || (is_level(dx) && dy > 1.5 * steps.y);
}

static void draw_links(FILE *out, const struct net_facts *facts) {
  char style[120];
  const struct steps steps = find_steps(facts);
  const double most = facts->load != NULL ? facts->load[facts->heaviest] : 0;
  for (uint32_t l = 0; l < oio_topology_links(facts->topology); l++) {
    const uint32_t a = oio_topology_node_of(facts->topology, 2 * l), b = oio_topology_node_of(facts->topology, 2 * l + 1);
    const struct point from = at(facts, a), to = at(facts, b);
    const double load = most > 0 ? fmax(facts->load[2 * l], facts->load[2 * l + 1]) / most : 0.3;
    snprintf(style, sizeof style, "stroke=\"%s\" stroke-width=\"%.2f\"", colours[oio_topology_link_class(facts->topology, l) % COLOURS],
             0.6 + 3.4 * load);
    draw_line(out, from, to, runs_over_others(steps, from, to), style);
  }
}

static void draw_node(FILE *out, const struct net_facts *facts, uint32_t node, double size) {
  const struct point p = at(facts, node);
  char name[OIO_TOPOLOGY_NAME_BYTES];
  switch (oio_topology_kind(facts->topology, node)) {
  case OIO_NODE_DIE:
    fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#22384d\"/>\n", p.x - size, p.y - size, 2 * size,
            2 * size);
    break;
  case OIO_NODE_BRIDGE:
    fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#b5651d\"/>\n", p.x - size / 2, p.y - 1.4 * size, size,
            2.8 * size);
    break;
  case OIO_NODE_SWITCH:
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#fff\" stroke=\"#22384d\" stroke-width=\"1.5\"/>\n", p.x, p.y, size);
    break;
  }
  if (oio_topology_nodes(facts->topology) > NAMED_NODES_MAX) return;
  fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"name\">%s</text>\n", p.x + 1.3 * size, p.y - 1.3 * size,
          oio_topology_name(facts->topology, node, name));
}

static void draw_legend(FILE *out, const struct net_facts *facts) {
  const struct oio_topology *t = facts->topology;
  fprintf(out, "<text x=\"%d\" y=\"30\" class=\"title\">%" PRIu32 " dies, %" PRIu32 " nodes, %" PRIu32 " links</text>\n", MARGIN,
          oio_topology_dies(t), oio_topology_nodes(t), oio_topology_links(t));
  for (unsigned c = 0; c < oio_topology_classes(t); c++) {
    const unsigned x = MARGIN + 130 * c;
    fprintf(
        out,
        "<line x1=\"%u\" y1=\"52\" x2=\"%u\" y2=\"52\" stroke=\"%s\" stroke-width=\"3\"/><text x=\"%u\" y=\"56\" class=\"key\">%s</text>\n",
        x, x + 24, colours[c % COLOURS], x + 30, oio_topology_class_name(t, c));
  }
  if (facts->load != NULL) {
    fprintf(
        out,
        "<text x=\"%d\" y=\"30\" class=\"key\" text-anchor=\"end\">width: load of %s traffic, at most %.3g of what a die sends</text>\n",
        WIDE - MARGIN, oio_pattern_name(facts->pattern), facts->load[facts->heaviest]);
  }
}

void net_draw(FILE *out, const struct net_facts *facts, const struct net_route *route) {
  const double size = fmax(2, fmin(9, 160 / sqrt((double)oio_topology_nodes(facts->topology))));
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
          "<style>text{font-family:sans-serif;fill:#22384d}.name{font-size:10px;paint-order:stroke;stroke:#fff;stroke-width:3px}.key{font-"
          "size:12px}.title{font-size:16px;font-weight:bold}"
          "</style>\n"
          "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
          WIDE, HIGH, WIDE, HIGH);
  const struct steps steps = find_steps(facts);
  draw_legend(out, facts);
  draw_links(out, facts);
  for (uint32_t i = 0; i < route->length; i++) {
    const uint32_t port = route->hops[i].port;
    const struct point from = at(facts, oio_topology_node_of(facts->topology, port)),
                       to = at(facts, oio_topology_node_of(facts->topology, port ^ 1));
    draw_line(out, from, to, runs_over_others(steps, from, to), "stroke=\"#d0342c\" stroke-width=\"5\" stroke-opacity=\"0.6\"");
  }
  for (uint32_t n = 0; n < oio_topology_nodes(facts->topology); n++) draw_node(out, facts, n, size);
  fprintf(out, "</svg>\n");
}
