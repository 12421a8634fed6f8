/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A port of clocked RTL that stands in the place of a bridge of the model: its pins on the two channels that end there, and its monitor.
 * What a chandle `port` of oio_dpi_pins_pkg points to.
 */
#ifndef OIO_DPI_PORT_H
#define OIO_DPI_PORT_H

#include "oio/pins.h"
#include "oio/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_DPI_DIE_PORT = 0, OIO_DPI_OPTICAL_PORT = 1 };

struct oio_dpi_port {
  char name[24];   /**< "near die side" */
  unsigned port;   /**< OIO_DPI_DIE_PORT or OIO_DPI_OPTICAL_PORT */
  uint32_t number; /**< of the port in the net */
  struct oio_pins *pins;
  struct oio_monitor *monitor;
  struct oio_link_state state; /**< what the RTL's debug port said last; `failed` is always true to it */
  struct {
    uint64_t asked_crc, asked_sequence, timeouts;
    enum oio_link_failure failed;
  } kept; /**< what it said before resets; the state holds none of it */
};

/**
 * Makes both ports of the RTL in the place of a bridge of a net that leaves that node out, their monitors joined. logic_cycles: from a
 * port's last beat in to the other port's first beat out in an idle bridge. config: resolved. On an error nothing is left to destroy.
 */
enum oio_status oio_dpi_ports_create(struct oio_dpi_port ports[2], struct oio_net *net, const struct oio_config *config, uint32_t node,
                                     unsigned logic_cycles, struct oio_error *error);
/** The number in its net of a port of bridge `node`. */
uint32_t oio_dpi_port_number(const struct oio_net *net, uint32_t node, unsigned port);
void oio_dpi_ports_destroy(struct oio_dpi_port ports[2]);
/** The RTL is being reset: flits half in or half out are dropped; what its debug ports said last is kept. */
void oio_dpi_ports_reset(struct oio_dpi_port ports[2]);
/** A link end has failed, now or before a reset. */
bool oio_dpi_ports_failed(const struct oio_dpi_port ports[2]);
/** Adds what the RTL did to the totals of a run, and the findings of its monitors. */
void oio_dpi_ports_add(const struct oio_dpi_port ports[2], const struct oio_config *config, const struct oio_net *net,
                       struct oio_results *results);

#ifdef __cplusplus
}
#endif
#endif
