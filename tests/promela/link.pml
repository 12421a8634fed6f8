/* SPDX-License-Identifier: Apache-2.0 */
/* Retry and credit of one link (cmodel/SPEC.md sections 3 to 5): near sends payloads to far without end, far answers with NOPs. Each end is the
 * transmitter and the receiver that SPEC has; what a payload does to replay buffer and cursor is named as in cmodel/src/link/replay.c: accept,
 * acknowledge, rewind.
 *
 * A wire keeps order and holds WIRE flits for any time. A flit arrives; or is corrupted, which rule R1 sees; or is lost. A receiver that has seen
 * a flit corrupted may lose the ones behind it as well, and a NOP may be lost at any time, but one that brings a credit. Nothing else may be lost
 * without a trace, and no framing loses it so: an implicit flit behind a lost explicit one would be taken for it (try -DFAULT_SILENT), and
 * no flit tells of a lost credit.
 *
 * Time: what waits for a timer happens when nothing else can (Spin's timeout): T1's is longer than a round trip. A Nak may also be repeated too
 * early. Every replay must have a fault of its own for a cause: that is what ignoring a Nak that a replay has answered already is for. With
 * -DLIVENESS faults and deliveries show as progress, so that a cycle without is one in which the wires are good and nothing is delivered: with
 * fair loss there is none.
 *
 * Payloads are numbered modulo MARKS, which has no factor with MODULUS: what is not the next is lost, duplicated or reordered. */

#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef BUFFER
#define BUFFER 2
#endif
#ifndef WIRE
#define WIRE 1
#endif
#define MODULUS 5  /* sequence numbers 1..5; the wire has 2^n - 1 */
#define ROUNDS 4   /* of 16: more than wires there and back hold */
#define TOTALS (2 * BUFFER + 1) /* credit totals, of 65536: more than twice the buffer */
#define MARKS 4
#ifndef BLAME
#define BLAME 2 /* faults that no replay has answered, at most: more at once than wires hold */
#endif

#define NEXT(s) ((s) == MODULUS -> 1 : (s) + 1)
#define BEFORE(s) ((s) == 1 -> MODULUS : (s) - 1)
#define DISTANCE(a, b) (((b) + MODULUS - (a)) % MODULUS)
#define AHEAD(a, b) (DISTANCE(a, b) >= 1 && DISTANCE(a, b) <= MODULUS / 2)

mtype = { NOP, PAYLOAD, EXPLICIT, IMPLICIT, ACK, NAK };

/* IMPLICIT: a payload flit with an Ack or, with asks, a Nak in the place of its number. */
chan to_far = [WIRE] of { mtype, mtype, bool, byte, byte, byte, byte };  /* kind, command, asks, number, round, echo, mark */
chan to_near = [WIRE] of { mtype, byte, byte, byte, byte, bool };        /* command, number, round, echo, limit, brings a credit */

/* near: replay buffer */
byte slots[WINDOW];
byte tail, head, at;          /* indices modulo WINDOW: next_tx, next(acked), cursor */
byte unacked, passed;         /* tail - head, cursor - head */
byte next_tx = 1, acked = MODULUS, cursor = 1;
byte mark;                    /* of the next payload from above */
/* near: transmitter and receiver */
byte round, limit = BUFFER, sent_total;
bool resync, force_explicit = true, last_explicit, repeat_due = true;
byte near_round_seen;
bool near_lost, near_waiting, near_nak_due;
/* far */
byte expected = 1, previous = MODULUS, far_round, far_round_seen;
bool lost, waiting, nak_due, far_resync, ack_owed, credit_owed;
byte held, taken_total, wanted; /* flits in the receive buffer; the next mark above */
byte held_mark;                 /* of the oldest in it */
byte credits;                   /* with relative credits only */
byte blame = 0;                 /* faults that no replay has answered */

/* What is no cycle's fault: a wire that is bad, a timer that is too early; and what there should be in every cycle, a payload delivered. */
#ifdef LIVENESS
#define WORTH worth = true
#define SHOWN ; if :: worth -> progress: worth = false :: else fi
#else
#define WORTH skip
#define SHOWN
#endif

inline fault() { blame = (blame < BLAME -> blame + 1 : BLAME); WORTH }

inline accept() {
  slots[tail] = mark;
  mark = (mark + 1) % MARKS;
  tail = (tail + 1) % WINDOW;
  unacked++;
  next_tx = NEXT(next_tx);
  sent_total = (sent_total + 1) % TOTALS
}

inline rewind() {
  /* Every replay has a cause of its own: a fault since. */
  assert(blame > 0);
  blame--;
  at = head; passed = 0; cursor = NEXT(acked);
  round = (round + 1) % ROUNDS;
  force_explicit = true;
  repeat_due = false
}

inline acknowledge(s) {
  steps = DISTANCE(acked, s);
  assert(steps <= unacked);  /* ack range */
  head = (head + steps) % WINDOW;
  unacked = unacked - steps;
  if
  :: passed < steps -> at = head; passed = 0; cursor = NEXT(s); force_explicit = true
  :: else -> passed = passed - steps
  fi;
  acked = s
}

#ifdef FAULT_WINDOW
#define ROOM (unacked <= WINDOW)
#else
#define ROOM (unacked < WINDOW)
#endif
#define LEFT ((limit + TOTALS - sent_total) % TOTALS)
#define CREDIT (LEFT >= 1 && LEFT <= BUFFER)

active proctype near_transmitter() {
  mtype command;
  bool worth;
  do
  :: atomic { nfull(to_far) && (passed != unacked || (ROOM && CREDIT)) ->
       if
       :: passed == unacked -> accept()
       :: else
       fi;
       /* T3: an Ack is wanted, or none is */
       if
       :: !force_explicit && last_explicit -> command = IMPLICIT
       :: command = EXPLICIT
       fi;
       to_far!PAYLOAD, command, (command == IMPLICIT && near_waiting), (command == EXPLICIT -> cursor : 0), round, near_round_seen, slots[at];
       if
       :: command == IMPLICIT && near_waiting -> near_nak_due = false
       :: else
       fi;
       last_explicit = (command == EXPLICIT);
       force_explicit = false;
       at = (at + 1) % WINDOW; passed++; cursor = NEXT(cursor);
       command = NOP }
  :: atomic { nfull(to_far) && passed == unacked && !(ROOM && CREDIT) && resync ->
       to_far!NOP, EXPLICIT, false, BEFORE(next_tx), round, near_round_seen, 0;
       resync = false; force_explicit = true }
  :: atomic { nfull(to_far) && passed == unacked && near_waiting && near_nak_due ->
       to_far!NOP, NAK, true, 0, round, near_round_seen, 0;
       near_nak_due = false }
  :: atomic { timeout && unacked > 0 -> rewind(); repeat_due = true }                       /* T1 */
  :: atomic { timeout && near_waiting && !near_nak_due -> near_nak_due = true }
  od
}

active proctype near_receiver() {
  mtype command;
  byte s, r, e, l, steps;
  bool credit, worth;
  do
  :: atomic { to_near?command, s, r, e, l, credit ->
       if
       :: blame < BLAME -> fault();
          near_lost = true;                                                                  /* R1 */
          if
          :: !near_waiting -> near_waiting = true; near_nak_due = true
          :: else
          fi
       :: blame < BLAME && (!credit || near_waiting) -> fault()
       :: true ->
          if
          :: r != near_round_seen -> near_round_seen = r; near_waiting = false               /* R3 */
          :: else
          fi;
#ifdef FAULT_CREDIT
          limit = (limit + l) % TOTALS;
#else
          assert((l + TOTALS - limit) % TOTALS <= BUFFER);
          limit = l;
#endif
          if
          :: command == EXPLICIT -> near_lost = false; near_waiting = false                  /* R6: far has sent no payload */
          :: else ->
             acknowledge(s);
             if
             :: command == NAK && unacked == 0 ->
                resync = true; force_explicit = true;
                if
                :: e == round -> round = (round + 1) % ROUNDS
                :: else
                fi
#ifdef FAULT_NAK_IGNORE
             :: command == NAK && unacked > 0 -> rewind()
#else
             :: command == NAK && unacked > 0 && (e == round || repeat_due) -> rewind()
             :: command == NAK && unacked > 0 && !(e == round || repeat_due)
#endif
             :: command != NAK
             fi
          fi
       fi;
       command = NOP; s = 0; r = 0; e = 0; l = 0; credit = false; steps = 0 } SHOWN
  od
}

inline ask() {
  if
  :: !waiting -> waiting = true; nak_due = true
  :: else
  fi
}

active proctype far_receiver() {
  mtype kind, command;
  bool asks;
  byte s, r, e, m, q;
  bool worth;
  do
  :: atomic { to_far?kind, command, asks, s, r, e, m ->
       if
       :: blame < BLAME -> fault(); lost = true; ask()                   /* R1 */
       #ifdef FAULT_SILENT
       :: blame < BLAME -> fault()
#else
       :: blame < BLAME && (kind == NOP || (lost && waiting)) -> fault()
#endif
       :: true ->
          if
          :: r != far_round_seen -> far_round_seen = r; waiting = false                      /* R3 */
          :: else
          fi;
          if                                                                                 /* R5: nothing of far's is outstanding */
          :: asks -> far_resync = true; ack_owed = true;
             if
             :: e == far_round -> far_round = (far_round + 1) % ROUNDS
             :: else
             fi
          :: else
          fi;
          if
          :: kind == NOP && command == EXPLICIT ->                                           /* R6 */
             if
             :: s == BEFORE(expected) -> lost = false; waiting = false
             :: s == expected || AHEAD(expected, s) -> ask()
             :: else
             fi
          :: kind == NOP && command != EXPLICIT
          :: kind == PAYLOAD && command == IMPLICIT && lost -> ask()                         /* R7 */
          :: kind == PAYLOAD && !(command == IMPLICIT && lost) ->
             q = (command == EXPLICIT -> s : NEXT(previous));
             lost = false;
             previous = q;
             if
             :: q == expected ->
                assert(held < BUFFER);                     /* overflow */
                assert(m == (held_mark + held) % MARKS);   /* no loss, no duplicate, no other order */
                held++;
                expected = NEXT(q);
                waiting = false;
                ack_owed = true;
                WORTH
             :: q != expected && AHEAD(expected, q) -> ask()
             :: q != expected && !AHEAD(expected, q) -> ack_owed = true
             fi
          fi
       fi;
       kind = NOP; command = NOP; asks = false; s = 0; r = 0; e = 0; m = 0; q = 0 } SHOWN
  od
}

#ifdef FAULT_CREDIT
#define TOLD credits
#else
#define TOLD ((taken_total + BUFFER) % TOTALS)
#endif

active proctype far_transmitter() {
  bool worth;
  do
  :: atomic { held > 0 -> held--; held_mark = (held_mark + 1) % MARKS; taken_total = (taken_total + 1) % TOTALS; credit_owed = true; credits++ }
  :: atomic { nfull(to_near) && far_resync ->
       to_near!EXPLICIT, MODULUS, far_round, far_round_seen, TOLD, credit_owed;
       far_resync = false; credit_owed = false; credits = 0 }
  :: atomic { nfull(to_near) && waiting && nak_due ->
       to_near!NAK, BEFORE(expected), far_round, far_round_seen, TOLD, credit_owed;
       nak_due = false; ack_owed = false; credit_owed = false; credits = 0 }
  :: atomic { nfull(to_near) && !waiting && (ack_owed || credit_owed) ->
       to_near!ACK, BEFORE(expected), far_round, far_round_seen, TOLD, credit_owed;
       ack_owed = false; credit_owed = false; credits = 0 }
  :: atomic { timeout && waiting && !nak_due -> nak_due = true }
  :: atomic { waiting && !nak_due -> nak_due = true; WORTH } SHOWN           /* a Nak repeated too early: no cause for a replay */
  od
}
