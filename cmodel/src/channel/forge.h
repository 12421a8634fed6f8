/* SPDX-License-Identifier: Apache-2.0 */
/* What a transmitter that is wrong does to its flits (SPEC.md section 15), as the events of the present flit say. */
#ifndef OIO_FORGE_H
#define OIO_FORGE_H

#include "channel/condition.h"
#include "channel/errors.h"

/* Gives the fields of the flit the values that its events say, and it CRCs that agree. */
void oio_forge(const struct oio_condition *condition, const struct oio_errors *errors, struct oio_wire *wire);

#endif
