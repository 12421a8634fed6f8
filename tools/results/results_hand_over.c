/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results serve` in `oio`: it is a program of its own, so that no other command loads what serving a page takes. */
#include "own_path.h"
#include "results_verbs.h"

int results_serve(struct results_db *db, const struct results_asked *asked) {
  (void)db; /* opened again there; here it has shown that there is one */
  return own_hand_over("results serve", "oio-results-serve", asked->argv, "install that beside oio");
}
