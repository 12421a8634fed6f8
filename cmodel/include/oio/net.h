/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A net made from a configuration: nodes (dies, bridges, switches), the channels of its wires, and which is joined to which. It holds no
 * loop of its own: a host moves flits between ports and wires, in the order of SPEC section 8.
 *
 *     pair       die 0 0---1 die 1
 *     bridged    die 0 0---1 bridge 2 2---3 bridge 3 4---5 die 1                  (numbers at the links: ports)
 *
 * Ports 2l and 2l+1 are the ends of link l (oio/topology.h); wire p leads from port p to port p^1. Nodes are those of the topology, dies
 * first. A node may be left out: something else (RTL, a module of a user) takes its place, and the host moves the flits of its ports.
 */
#ifndef OIO_NET_H
#define OIO_NET_H

#include "oio/config.h"
#include "oio/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_WAITS_BYTES = 512 };

struct oio_net;
struct oio_faults; /* oio/faults.h */

/** left_out[n]: make no node n. NULL: make all. The configuration has been resolved. OIO_ERR_CONFIG, OIO_ERR_NOMEM. */
enum oio_status oio_net_create(struct oio_net **net, const struct oio_config *config, const bool *left_out, struct oio_error *error);
void oio_net_destroy(struct oio_net *net);
/**
 * Adds what a net of many dies would take, by making one node and one wire of each sort that it has. OIO_ERR_CONFIG: there is no such net;
 * that it cannot deadlock is not looked at. Says how many dies and ports it has. Precondition: oio_config_is_routed, and the configuration
 * has been resolved.
 */
enum oio_status oio_net_memory(const struct oio_config *config, struct oio_memory *memory, uint32_t *dies, uint32_t *ports,
                               struct oio_error *error);
/** SPEC section 9: every link end, node and wire returns to its initial state. */
void oio_net_reset(struct oio_net *net);

/** A part of a routed net that a reset takes down (SPEC section 11): a die with its links, or a link. */
struct oio_net_part {
  enum oio_reset_scope scope; /**< OIO_RESET_DIE, OIO_RESET_LINK */
  uint32_t number;
};
/** A message of which something is lost. */
struct oio_lost {
  uint32_t source, destination; /**< dies */
  uint8_t vc;
  uint64_t id; /**< its low 48 bits at least */
};
/** How far oio_net_next_lost has come: begins as zeros. */
struct oio_lost_walk {
  uint32_t wire, payload, segment, line, flow, message;
};
/** Is there such a part? OIO_ERR_CONFIG: error says what there is. */
enum oio_status oio_net_check_part(const struct oio_net *net, const struct oio_net_part *part, struct oio_error *error);
/** What a reset of a part would take with it now, one message after the other, some more than once. False: there is no more.
 *  Precondition, here and below: the part is one. */
bool oio_net_next_lost(const struct oio_net *net, const struct oio_net_part *part, struct oio_lost_walk *walk, struct oio_lost *lost);
/** Takes the part down; its wires are quiet until now_ps + hold_ps. What has arrived at dies has been taken: between recv and send. */
void oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps);

const struct oio_topology *oio_net_topology(const struct oio_net *net);
/** faults.schedule with all that was drawn (oio/faults.h), as it is carried out; NULL: nothing of it was drawn. */
const struct oio_faults *oio_net_drawn(const struct oio_net *net);
uint32_t oio_net_dies(const struct oio_net *net);
/** Twice its links. */
uint32_t oio_net_ports(const struct oio_net *net);
/** Is there a link end of ours at the port? Precondition, here and below: there is such a port, die, node. */
bool oio_net_ours(const struct oio_net *net, uint32_t port);
/** The wire that leads from the port. */
struct oio_channel *oio_net_wire(struct oio_net *net, uint32_t port);
/** A node as an object, for verbs of its own; NULL: it is of another kind, or left out, or in a net with tunnels, whose verbs are below. */
struct oio_die *oio_net_die(struct oio_net *net, uint32_t node);
struct oio_bridge *oio_net_bridge(struct oio_net *net, uint32_t node);
/** Of a tunnel: the die that sends by its units, which is to be asked anew when it has sent; else OIO_NONE. */
uint32_t oio_net_die_of_units(const struct oio_net *net, uint32_t node);

/** The link's verbs at a port; at one that is not ours they do nothing, and next is OIO_NEVER. */
bool oio_net_tx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_net_next_tx_ps(const struct oio_net *net, uint32_t port, oio_time_ps now_ps);
void oio_net_rx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire);

/** oio_die_send at a die, for message->destination. OIO_ERR_CONFIG: the net has no way there. */
enum oio_status oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
/** How many messages of a die wait for `destination` on a VC and are not yet wholly packed. */
unsigned oio_net_queued(const struct oio_net *net, uint32_t die, uint32_t destination, unsigned vc);
/** The same of all destinations and VCs together. */
unsigned oio_net_queued_in_all(const struct oio_net *net, uint32_t die);
/** oio_die_take at a die. */
bool oio_net_take(struct oio_net *net, uint32_t die, oio_time_ps now_ps, struct oio_segment *segment);

/** Has a link end of ours failed: of the port, of any? */
bool oio_net_port_failed(const struct oio_net *net, uint32_t port);
bool oio_net_failed(const struct oio_net *net);
/** What the link end at a port says of itself; of one that is not ours, what the host has told. False: nothing. */
bool oio_net_get_link_state(const struct oio_net *net, uint32_t port, struct oio_link_state *state);
/** The host tells the state of a link end that is not ours, or of it what it knows: its counts of flits at least.
 *  Precondition: it is not ours. */
void oio_net_tell(struct oio_net *net, uint32_t port, const struct oio_link_state *state);
/** The receive buffer of a link end, whoever it is: flits. */
uint32_t oio_net_buffer_flits(const struct oio_net *net, uint32_t port);

/** One number over (time, port, bytes) of everything on the wires that have a digest: the optical link of a net of two dies, else all. */
uint64_t oio_net_wire_digest(const struct oio_net *net);

/**
 * The whole state of a net as bytes, and back: every link end with what it will send again and what it has received, every node with what
 * is queued, held or on its way through it, every wire with what is in flight and its error stream, counters and digests. A net into which
 * it is loaded goes on bit by bit as the one that was saved, on any machine. What is the host's is not in it: its time, from which it goes
 * on; its traffic; calendars of its own, which it makes anew. Both are called between two verbs, and never from within an instant that
 * hands out segments: these are no longer valid after a load, done or refused. No node may be left out.
 *
 * save: *nbytes is the room at `out`, and becomes how many bytes there are; out NULL: tells that alone. The same state gives the same
 * bytes. OIO_ERR_FULL: there is too little room. OIO_ERR_FORMAT: there are bytes of a message that came by pointer (oio_message.data): in
 * bit fidelity until it is wholly packed, in event fidelity until its last segment has been taken and its flit acknowledged.
 *
 * load: the net was made with the same configuration and net; the seed too. OIO_ERR_CONFIG: it was not, and error says what differs.
 * OIO_ERR_FORMAT: the bytes are none of save's, cut off, damaged or of another version. OIO_ERR_NOMEM. Refused, the net is as it was.
 */
enum oio_status oio_net_save(const struct oio_net *net, void *out, size_t *nbytes, struct oio_error *error);
enum oio_status oio_net_load(struct oio_net *net, const void *in, size_t nbytes, struct oio_error *error);

/**
 * Does a run still get on? Flits that move are no progress: two link ends may exchange NOPs for ever. Progress is a payload sent or
 * accepted, an Ack or a credit that moved, a replay (the replay limit bounds them), a message in or out (`messages`: any number that such
 * changes). Each of these comes after a time that the timers bound, or after a valid flit that brings it; so when flits move, a thousand of
 * them have arrived whole on every wire that is in use, and none of all that has come for longer than all timers together run, it will not
 * come any more. Flits that arrive damaged do not count: a wire may be as bad as it likes.
 *
 * A host looks now and then, a thousand instants apart or so. outstanding: messages are on their way. True: flits move, and nothing gets
 * on.
 */
bool oio_net_look(struct oio_net *net, oio_time_ps now_ps, uint64_t messages, bool outstanding);
/** Who waits for what of whom, where nothing gets on: one line without an end, with both ends' accounts. */
void oio_net_waits(const struct oio_net *net, char text[OIO_WAITS_BYTES]);

#ifdef __cplusplus
}
#endif
#endif
