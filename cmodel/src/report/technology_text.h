/* SPDX-License-Identifier: Apache-2.0 */
/* What a run says of the technologies of its links: energy, power, errors, failures, and what of that is assumed. */
#ifndef OIO_TECHNOLOGY_TEXT_H
#define OIO_TECHNOLOGY_TEXT_H

#include "oio/results.h"
#include "oio/tech.h"
#include "report/text.h"

/* Does what a run says of such a class rest on this value, and is that assumed? */
bool oio_technology_assumes(const struct oio_config *config, unsigned link_class, enum oio_tech_quantity quantity);
/* "technologies" of the results: of each class that has one, and links. */
void oio_technology_json(struct oio_text *text, const struct oio_results *results, const struct oio_config *config);
/* Two lines of the table of each. */
void oio_technology_lines(struct oio_text *text, const struct oio_results *results, const struct oio_config *config);

#endif
