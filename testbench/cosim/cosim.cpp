// SPDX-License-Identifier: Apache-2.0
// `oio cosim`: the event simulator with one bridge left out, or both, and Verilated RTL in their place, clock by clock.
#include "Voio_bench.h"
#include "bench.h"
#include "bench_waves.h"
#include "flight_recorder.h"
#include "interrupt.h"
#include "options.h"
#include "out_of_memory.h"
#include "progress.h"
#include "rtl_side.h"
#include "waived.h"

#include <verilated.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using oio::remove_half_waves;
using oio::remove_old_waves;
using oio::Waves;
using oio::waves_broken;
using oio::waves_fault;
using oio::waves_path;

constexpr char kHost[] = "Verilator, RTL bridge";
constexpr unsigned kResetCycles = 4;      // before time 0
constexpr unsigned kCyclesPerLook = 1024; // between looks at interrupt, progress, end and idleness
constexpr unsigned kCyclesAwake = 8;      // clocked before the next event after idle ones
constexpr unsigned kFindingsShown = 10;
constexpr unsigned kSettleLooks = 1000; // at the debug ports: a bad wire takes long to come to rest

class Cosim {
public:
  explicit Cosim(const options *o)
      : options_(o), config_(o->config), waves_(*o), recorder_(o->wave_before_ps, o->config.rtl_clock_ps, 2 * kCyclesPerLook),
        tap_(o->wire_log) {
    context_.traceEverOn(VM_TRACE);
  }
  ~Cosim() {
    sides_.clear();
    oio_sim_destroy(sim_);
  }
  // As options_read: -1 to go on.
  int create();
  int run();

private:
  bool read_waivers();
  void cycle(oio_time_ps now_ps, bool in_reset);
  bool in_reset(oio_time_ps now_ps) const;
  bool failed() const;
  void ask_before_reset(oio_time_ps now_ps);
  void look(oio_time_ps now_ps);
  uint64_t flits_moved() const;
  oio_time_ps skip_idle(oio_time_ps now_ps);
  void settle(oio_time_ps now_ps);
  bool agree(std::string *difference) const;
  void find_disagreement(oio_time_ps now_ps, const std::string &difference);
  void account(oio_time_ps now_ps);
  void tell_stall(oio_results *results) const;
  void wake_recorder(oio_time_ps now_ps);
  void look_at_findings(oio_time_ps now_ps);
  void tell_waves() const;
  void leave_when_drawn(oio_time_ps now_ps, bool over);
  void report_findings(const oio_results &results);
  const char *waves_missing() const;
  int report(oio_results *results);

  const options *options_;
  oio_config config_;
  VerilatedContext context_;
  std::vector<std::unique_ptr<oio::RtlSide>> sides_;
  Waves waves_;
  oio::FlightRecorder recorder_;
  const char *found_ = "";       // what it was woken for
  uint64_t flits_recorded_ = 0;  // through the RTL's ports, in the last cycle, where there is a recorder
  oio_time_ps last_flit_ps_ = 0; // when that last changed
  oio::WireTap tap_;
  oio_sim *sim_ = nullptr;
  std::vector<oio::Finding> findings_;
  oio_waivers waivers_ = {};
  oio_error error_ = {};
  oio_status status_ = OIO_OK;
  // No segment delivered, and no flit seen, for this long with messages outstanding: it will not come any more.
  uint64_t last_segments_ = 0, last_moved_ = 0;
  oio_time_ps last_progress_ps_ = 0, last_move_ps_ = 0;
  uint64_t flits_out_ = 0; // so far
  uint64_t cycles_ = 0;    // those after the end of the traffic too
  uint64_t skipped_ = 0;   // of these, not clocked
  uint64_t moved_ = 0;     // flits through the RTL's ports, at the last look
  oio_time_ps moved_ps_ = 0;
  bool over_ = false, stalled_ = false, busy_ = false, was_in_reset_ = false;
};

// The RTL has sizes of its own; a configuration beyond them is refused, not cut down.
bool fits(const oio_config &config, oio_error *error) {
  using oio::RtlSide;
  if (oio_config_topology(&config) != OIO_BRIDGED)
    return oio_error_set(error, OIO_ERR_CONFIG, "net.topology=pair has no bridge; use oio sim, or bridged") == OIO_OK;
  if (config.fidelity != OIO_BIT) return oio_error_set(error, OIO_ERR_CONFIG, "--fidelity event has no bits for RTL; use bit") == OIO_OK;
  const oio_link_class &fibre = config.classes[OIO_CLASS_OPTICAL];
  if (fibre.window_flits > RtlSide::optical_flits_max || fibre.buffer_flits > RtlSide::optical_flits_max) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "optical.window_flits=%" PRIu64 ", optical.buffer_flits=%" PRIu64 ": the RTL has room for %u; set them lower",
                         fibre.window_flits, fibre.buffer_flits, RtlSide::optical_flits_max) == OIO_OK;
  }
  if (config.reset_at_ps > 0 && config.reset_hold_ps < 2 * config.rtl_clock_ps) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "reset.hold_ps=%" PRIu64 " may pass between two clock edges; hold for at least two of rtl.clock_ps",
                         config.reset_hold_ps) == OIO_OK;
  }
  oio_link_config die, optical;
  oio_config_die_link(&config, true, &die);
  oio_config_optical_link(&config, &optical);
  for (const oio_link_config *link : {&die, &optical}) {
    if (std::max({link->timeout_ps, link->nak_repeat_ps, link->ack_delay_ps}) / config.rtl_clock_ps >= UINT32_MAX) {
      return oio_error_set(error, OIO_ERR_CONFIG,
                           "a timeout of 2^32 cycles or more does not fit the RTL's counters; lower the link's timers") == OIO_OK;
    }
  }
  if (config.bridge_buffer_flits > RtlSide::die_buffer_max) {
    return oio_error_set(error, OIO_ERR_CONFIG, "bridge.buffer_flits=%" PRIu64 ": the RTL has room for %u; set it lower",
                         config.bridge_buffer_flits, RtlSide::die_buffer_max) == OIO_OK;
  }
  return true;
}

// Of all ports that there may be: one that is the model's here is RTL in the next run.
bool Cosim::read_waivers() {
  static const char *const ports[] = {"near die side", "near optical side", "far die side", "far optical side"};
  bool good = true;
  for (unsigned i = 0; i < options_->waivers_count && good; i++)
    good = waived_option(&waivers_, options_->waivers[i].option, options_->waivers[i].value, &error_) > 0;
  waivers_.strict = options_->strict;
  return good && oio_waivers_bind(&waivers_, ports, 4, &error_) == OIO_OK;
}

int Cosim::create() {
  const bool near = options_->rtl != RTL_FAR, far = options_->rtl != RTL_NEAR;
  constexpr uint32_t kNear = 2, kFar = 3; // the bridges of the net `bridged`
  const bool left_out[] = {false, false, near, far};
  if (!read_waivers() || !fits(config_, &error_) || oio_sim_create(&sim_, &config_, options_->reader, left_out, &error_) != OIO_OK) {
    fprintf(stderr, "oio cosim: %s\n", error_.text);
    return EXIT_UNUSABLE;
  }
  for (uint32_t node = kNear; node <= kFar; node++) {
    if (!left_out[node]) continue;
    sides_.push_back(std::make_unique<oio::RtlSide>(&context_, node, sim_, config_, &error_));
    if (!sides_.back()->ok()) {
      fprintf(stderr, "oio cosim: %s\n", error_.text);
      return EXIT_UNUSABLE;
    }
    waves_.add(sides_.back()->top());
  }
  for (auto &side : sides_) {
    side->waive(&waivers_);
    side->show(&tap_);
  }
  if (!tap_.begin()) {
    fprintf(stderr, "%s\n", tap_.why().c_str());
    return EXIT_UNUSABLE;
  }
  if (near && far) {
    sides_[0]->set_across(sides_[1].get());
    sides_[1]->set_across(sides_[0].get());
  }
  return -1;
}

bool Cosim::in_reset(oio_time_ps now_ps) const {
  return config_.reset_at_ps > 0 && now_ps >= config_.reset_at_ps && now_ps < config_.reset_at_ps + config_.reset_hold_ps;
}

// A link of the model, or of the RTL.
bool Cosim::failed() const {
  return oio_sim_failed(sim_) || std::any_of(sides_.begin(), sides_.end(), [](const auto &side) { return side->failed(); });
}

// What the RTL has counted is gone with a reset.
void Cosim::ask_before_reset(oio_time_ps now_ps) {
  const bool last = !in_reset(now_ps) && in_reset(now_ps + config_.rtl_clock_ps);
  for (auto &side : sides_) side->ask_report(last);
}

void Cosim::cycle(oio_time_ps now_ps, bool in_reset) {
  cycles_++;
  context_.time(now_ps);
  if (in_reset && !was_in_reset_) tap_.reset(now_ps);
  was_in_reset_ = in_reset;
  uint64_t flits_out = 0;
  for (auto &side : sides_) {
    side->rise(now_ps, in_reset);
    flits_out += side->flits_out();
  }
  if (flits_out != flits_out_) oio_sim_touch(sim_);
  flits_out_ = flits_out;
  waves_.dump(now_ps);
  for (auto &side : sides_) side->fall();
  waves_.dump(now_ps + config_.rtl_clock_ps / 2);
  if (recorder_.on()) {
    const uint64_t moved = flits_moved();
    if (moved != flits_recorded_) last_flit_ps_ = now_ps;
    flits_recorded_ = moved;
  }
  if (recorder_.drawing()) leave_when_drawn(now_ps, now_ps > recorder_.to_ps());
  if (!recorder_.keep(now_ps, flits_recorded_)) return;
  waves_.set_window(recorder_.from_ps(), recorder_.to_ps());
  tap_.leave();
}

// A copy of the process that draws for another ends with its waves, or where the run would.
void Cosim::leave_when_drawn(oio_time_ps now_ps, bool over) {
  if (!over) return;
  waves_.close();
  _exit(now_ps >= recorder_.found_ps() && waves_fault(options_, waves_.begun()) == nullptr ? EXIT_DONE : EXIT_UNUSABLE);
}

// The first thing that is wrong, by a rule, the scoreboard or an end that has failed. What does not move any more has stopped when it moved
// last; what the scoreboard has seen is from the time of a look.
void Cosim::wake_recorder(oio_time_ps now_ps) {
  if (!recorder_.on() || recorder_.asked()) return;
  oio_traffic_counts counts;
  oio_traffic_get_counts(oio_sim_traffic(sim_), &counts);
  oio_time_ps found_ps = OIO_NEVER, late_ps = 0;
  for (const oio::Finding &finding : findings_) found_ps = std::min(found_ps, finding.time_ps);
  found_ = "the first finding";
  if (found_ps == OIO_NEVER && counts.duplicated + counts.reordered + counts.corrupted > 0) {
    found_ps = now_ps;
    late_ps = kCyclesPerLook * config_.rtl_clock_ps;
    found_ = "the scoreboard was wrong";
  } else if (found_ps == OIO_NEVER && failed()) {
    found_ps = now_ps;
    found_ = "the link failed";
  } else if (found_ps == OIO_NEVER && stalled_) {
    found_ps = busy_ ? now_ps : last_flit_ps_;
    found_ = busy_ ? "it was seen that nothing arrives any more" : "the last flit";
  }
  if (found_ps != OIO_NEVER) recorder_.wake(found_ps, late_ps);
}

void Cosim::look_at_findings(oio_time_ps now_ps) {
  for (auto &side : sides_) side->collect(&findings_);
  wake_recorder(now_ps);
}

void Cosim::tell_waves() const {
  if (!recorder_.drawn()) return;
  const auto ns = [](oio_time_ps time_ps) { return static_cast<double>(time_ps) / 1e3; };
  fprintf(stderr, "oio cosim: %s begins at %.3f ns, %.3f ns before %s, at %.3f ns\n", options_->waves, ns(recorder_.from_ps()),
          ns(recorder_.found_ps() - recorder_.from_ps()), found_, ns(recorder_.found_ps()));
}

// From one die to the other with nothing in the way, and what a link end takes before it does something about silence.
static oio_time_ps one_way_ps(const oio_config &config) {
  oio_channel_config die, optical;
  oio_config_die_channel(&config, 0, 0, &die);
  oio_config_optical_channel(&config, 0, &optical);
  oio_time_ps way_ps = 2 * (config.bridge_logic_ps + OIO_RTL_LOGIC_CYCLES * config.rtl_clock_ps);
  for (const oio_channel_config *channel : {&die, &optical, &die}) {
    way_ps += channel->flight_ps + channel->logic_ps +
              OIO_FLIT_BITS * (OIO_MS / 1000) / (channel->lanes * channel->lane_rate_bits_per_s / 1000000);
  }
  return way_ps;
}

// Now and then: is it over, does anything still move?
void Cosim::look(oio_time_ps now_ps) {
  oio_traffic_counts counts;
  oio_traffic_get_counts(oio_sim_traffic(sim_), &counts);
  if (counts.segments != last_segments_ || counts.outstanding == 0) {
    last_segments_ = counts.segments;
    last_progress_ps_ = now_ps;
  }
  const uint64_t moved = flits_moved();
  if (moved != last_moved_) last_move_ps_ = now_ps;
  last_moved_ = moved;
  oio_bridge_config links;
  oio_config_bridge(&config_, &links);
  const oio_time_ps patience_ps =
      OIO_MS + 64 * (links.die.timeout_ps + links.optical.timeout_ps) + 4 * one_way_ps(config_) + config_.reset_hold_ps;
  for (auto &side : sides_) side->collect(&findings_);
  for (auto &side : sides_) side->tell_counts();
  busy_ = oio_net_look(oio_sim_net(sim_), now_ps, oio_traffic_progress(&counts), counts.outstanding > 0);
  // RTL that breaks rules may keep the wires busy with what nobody counts.
  const bool may_move = findings_.empty() && last_move_ps_ > last_progress_ps_;
  stalled_ = busy_ || now_ps - (may_move ? last_move_ps_ : last_progress_ps_) > patience_ps;
  over_ = stalled_ || interrupt_requested() || oio_traffic_finished(oio_sim_traffic(sim_)) || failed();
  wake_recorder(now_ps);
}

uint64_t Cosim::flits_moved() const {
  uint64_t moved = 0;
  for (const auto &side : sides_) moved += side->flits_moved();
  return moved;
}

// The time to go on from. When no flit has moved at any port of the RTL for longer than its timers run, edges change nothing until the next
// event of the model, and the RTL is where it would be after them.
oio_time_ps Cosim::skip_idle(oio_time_ps now_ps) {
  const bool draws = recorder_.on() ? now_ps >= recorder_.from_ps() && recorder_.drawing() : options_->waves != nullptr;
  if (config_.rtl_idle != OIO_IDLE_SKIP || draws || in_reset(now_ps)) return now_ps;
  const uint64_t moved = flits_moved();
  oio_time_ps next_ps = oio_sim_next_ps(sim_);
  for (auto &side : sides_) next_ps = std::min(next_ps, side->next_ps());
  if (moved != moved_) moved_ps_ = now_ps;
  moved_ = moved;
  oio_bridge_config links;
  oio_config_bridge(&config_, &links);
  oio_time_ps timers_ps = 0;
  for (const oio_link_config *link : {&links.die, &links.optical}) {
    timers_ps = std::max({timers_ps, link->timeout_ps, link->nak_repeat_ps, link->ack_delay_ps});
  }
  if (config_.reset_at_ps > now_ps) next_ps = std::min<oio_time_ps>(next_ps, config_.reset_at_ps);
  if (recorder_.drawing()) next_ps = std::min(next_ps, recorder_.from_ps());
  const oio_time_ps awake_ps = kCyclesAwake * config_.rtl_clock_ps;
  const oio_time_ps rest_ps = now_ps - moved_ps_;
  if (rest_ps <= timers_ps + kCyclesPerLook * config_.rtl_clock_ps || next_ps == OIO_NEVER || next_ps <= now_ps + awake_ps) return now_ps;
  const uint64_t cycles = (next_ps - now_ps - awake_ps) / config_.rtl_clock_ps;
  const oio_time_ps skipped_ps = cycles * config_.rtl_clock_ps;
  cycles_ += cycles;
  skipped_ += cycles;
  last_progress_ps_ += skipped_ps; // waiting for what comes is not standing still
  last_move_ps_ += skipped_ps;
  return now_ps + skipped_ps;
}

bool Cosim::agree(std::string *difference) const {
  return std::all_of(sides_.begin(), sides_.end(), [&](const auto &side) { return side->agrees_with_peers(difference); });
}

void Cosim::find_disagreement(oio_time_ps now_ps, const std::string &difference) {
  const char *rule = oio_rule_name(OIO_RULE_QUIESCENCE);
  if (!oio_waivers_take(&waivers_, rule, nullptr)) findings_.push_back({now_ps, rule, difference});
}

// What the debug ports say at the end of a run that did not finish: of a deadlock it is held against what their peers say.
void Cosim::account(oio_time_ps now_ps) {
  for (auto &side : sides_) side->ask_report(true);
  cycle(now_ps + config_.rtl_clock_ps, false);
  std::string difference;
  if (stalled_ && !busy_ && flits_moved() == last_moved_ && !agree(&difference)) find_disagreement(now_ps, difference);
}

void Cosim::tell_stall(oio_results *results) const {
  if (!stalled_) return;
  for (auto &side : sides_) side->tell_state();
  oio_results_stall(results, busy_, oio_sim_net(sim_));
}

// Lets the last Acks and credits arrive, then holds every debug port against the model at the other end.
void Cosim::settle(oio_time_ps now_ps) {
  oio_bridge_config links;
  oio_config_bridge(&config_, &links);
  const oio_link_config &optical = links.optical, &die = links.die;
  const oio_time_ps look_ps = 2 * oio_config_flight_ps(&config_) + 4 * (optical.ack_delay_ps + optical.nak_repeat_ps);
  const oio_time_ps limit_ps = now_ps + kSettleLooks * look_ps + 4 * (die.ack_delay_ps + die.nak_repeat_ps) + 2 * one_way_ps(config_);
  const auto goes_on = [&] { return status_ == OIO_OK && !interrupt_requested() && !failed(); };
  std::string difference;
  bool agreed = false, at_rest = false;
  while (!agreed && now_ps < limit_ps && goes_on()) {
    const uint64_t moved = flits_moved();
    for (const oio_time_ps end_ps = now_ps + look_ps; now_ps < end_ps && goes_on();) {
      now_ps += config_.rtl_clock_ps;
      for (auto &side : sides_) side->ask_report(now_ps >= end_ps);
      status_ = oio_sim_settle(sim_, now_ps, &error_);
      cycle(now_ps, in_reset(now_ps));
      if (recorder_.on() && cycles_ % kCyclesPerLook == 0) look_at_findings(now_ps);
    }
    at_rest = moved == flits_moved();
    agreed = agree(&difference);
    look_at_findings(now_ps);
  }
  if (goes_on()) {
    for (auto &side : sides_) side->rest(now_ps);
  }
  // On a wire so bad that flits still move, the two ends need not agree yet.
  if (!agreed && at_rest && goes_on()) find_disagreement(now_ps, difference);
}

void Cosim::report_findings(const oio_results &results) {
  if (findings_.empty()) return;
  std::stable_sort(findings_.begin(), findings_.end(), [](const auto &a, const auto &b) { return a.time_ps < b.time_ps; });
  unsigned shown = 0;
  for (const oio::Finding &finding : findings_) {
    if (shown++ == kFindingsShown) break;
    fprintf(stderr, "oio cosim: at %.3f ns: rule %s: %s\n", static_cast<double>(finding.time_ps) / 1e3, finding.rule.c_str(),
            finding.text.c_str());
  }
  const oio_time_ps first_ps = findings_.front().time_ps, first_ns = first_ps / 1000;
  fprintf(stderr, "oio cosim: %" PRIu64 " findings; the first is at %.3f ns", results.findings, static_cast<double>(first_ps) / 1e3);
  if (recorder_.drawn())
    fprintf(stderr, "\n");
  else
    fprintf(stderr, ": look with --waves w.fst --wave-window %" PRIu64 ":%" PRIu64 "\n", first_ns - std::min<uint64_t>(first_ns, 200),
            first_ns + 100);
}

// Why there are no waves that should be there, or nullptr.
const char *Cosim::waves_missing() const {
  if (!recorder_.on()) return waves_fault(options_, waves_.begun());
  if (recorder_.drawn() || !recorder_.asked()) return nullptr;
  return "not written: the copy of the process that was to draw could not be made, or ended before; look with --wave-window";
}

// The run's own verdict first, then its waves: that they are missing makes a good run unusable, and no other verdict better.
int Cosim::report(oio_results *results) {
  options shown = *options_;
  const bool logged = tap_.end();
  if (!logged) fprintf(stderr, "%s\n", tap_.why().c_str());
  const char *fault = waves_missing();
  if (fault != nullptr || (recorder_.on() && !recorder_.drawn())) shown.waves = nullptr;
  if (options_->waivers_count > 0) results->waivers = &waivers_;
  waived_print(stderr, "oio cosim: ", &waivers_);
  report_findings(*results);
  tell_waves();
  if (recorder_.asked() && !recorder_.drawn()) remove_half_waves(options_->waves);
  const int status = options_report(&shown, results, kHost, oio_sim_net(sim_), oio_sim_traffic(sim_), nullptr);
  out_of_memory::said = status == EXIT_UNUSABLE;
  if (fault == nullptr && logged) return status;
  if (fault != nullptr) fprintf(stderr, "%s: %s\n", options_->waves, fault);
  return status == EXIT_DONE ? EXIT_UNUSABLE : status;
}

int Cosim::run() {
  progress progress;
  const double wall_s = clock_wall_s(), cpu_s = clock_cpu_s();
  oio_time_ps now_ps = 0;
  for (unsigned i = 0; i < kResetCycles; i++) {
    for (auto &side : sides_) side->rise(0, true);
    for (auto &side : sides_) side->fall();
  }
  progress_start(&progress, "oio cosim");
  while (!over_ && status_ == OIO_OK) {
    for (unsigned i = 0; i < kCyclesPerLook && status_ == OIO_OK; i++) {
      now_ps += config_.rtl_clock_ps;
      status_ = oio_sim_advance(sim_, now_ps, &error_);
      if (config_.reset_at_ps > 0) ask_before_reset(now_ps);
      cycle(now_ps, in_reset(now_ps));
      if (oio_traffic_finished(oio_sim_traffic(sim_)) || failed()) break;
    }
    look(now_ps);
    if (!over_ && status_ == OIO_OK) now_ps = skip_idle(now_ps);
    if (!options_->quiet) progress_update(&progress, oio_sim_fraction(sim_));
  }
  progress_end(&progress);
  oio_results results;
  oio_sim_get_results(sim_, &results);
  const bool clean = status_ == OIO_OK && !interrupt_requested() && !stalled_ && !failed();
  if (clean) {
    settle(now_ps);
    if (failed()) oio_sim_get_results(sim_, &results);
  } else {
    account(now_ps);
  }
  if (recorder_.drawing()) leave_when_drawn(now_ps, true);
  look_at_findings(now_ps);
  waves_.close();
  if (status_ != OIO_OK) {
    fprintf(stderr, "%s\n", error_.text);
    return EXIT_UNUSABLE;
  }
  const oio_time_ps end_ps = results.sim_time_ps;
  oio_sim_get_results(sim_, &results);
  oio_results_end(&results, &config_, end_ps);
  oio_results_end_faults(&results, oio_sim_net(sim_));
  results.cycles = cycles_;
  results.cycles_skipped = skipped_;
  tell_stall(&results);
  for (auto &side : sides_) {
    side->collect(&findings_);
    side->add_to(config_, &results);
  }
  if (findings_.size() > results.findings) results.findings = findings_.size();
  results.wall_s = clock_wall_s() - wall_s;
  results.cpu_s = clock_cpu_s() - cpu_s;
  return report(&results);
}

int create_and_run(const options *options) {
  const int serves = bench_serves(options, OIO_BENCH);
  if (serves >= 0) return serves;
  struct stat info;
  if (options->wave_before_ps > 0 && options->trace != nullptr && stat(options->trace, &info) == 0 && !S_ISREG(info.st_mode)) {
    fprintf(stderr, "oio cosim: %s: a pipe can be read only once, and --wave-before goes back in it; give it as a file\n", options->trace);
    return EXIT_UNUSABLE;
  }
  waves_path = options->waves;
  Cosim cosim(options);
  const int status = cosim.create();
  if (status >= 0) return status;
  remove_old_waves(options->waves);
  if (options->waves != nullptr && (stat(options->waves, &info) != 0 || S_ISREG(info.st_mode)))
    out_of_memory::half_written = options->waves;
  options_echo(options, kHost);
  return cosim.run();
}

} // namespace

// Verilator's way out (a wave file that cannot be written, a failed assertion). Its own runs call-backs that wait for a lock it holds.
// Without its waves the run goes on: its results are worth as much, and say what is missing.
void vl_fatal(const char *, int, const char *, const char *message) {
  if (std::strncmp(message, "VerilatedVcd", 12) == 0) {
    waves_broken = true;
    return;
  }
  fprintf(stderr, "oio cosim: %s%s%s\n", message, waves_path != nullptr ? "; free space for " : "",
          waves_path != nullptr ? waves_path : "");
  struct stat info;
  if (waves_path != nullptr && stat(waves_path, &info) == 0 && S_ISREG(info.st_mode)) remove(waves_path);
  _exit(EXIT_UNUSABLE);
}

int main(int argc, char **argv) {
  return options_run(argc, argv, true, create_and_run);
}
