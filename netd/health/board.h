// What the probes said, for whoever wants to know: IPVS now, alerts and tracking later. Results come in with
// the time; who subscribed hears of every change of a state. Pure.
#pragma once

#include <functional>
#include <vector>

#include "lib/events/event.h"
#include "lib/reconcile/verdict.h"
#include "netd/health/silence.h"

namespace hawser::netd {

class HealthBoard {
 public:
  using Changed = std::function<void(const probes::ProbeKey& probe, TimePoint now)>;

  explicit HealthBoard(Tell tell) : tell_(std::move(tell)) {}

  void subscribe(Changed changed) { changed_.push_back(std::move(changed)); }
  // Start and reload: what is asked the same way keeps its verdict.
  void configure(std::map<probes::ProbeKey, config::Check> probes);
  // Of what is not asked (any more) nothing is kept.
  void verdict(const probes::ProbeKey& probe, const probes::Verdict& verdict, TimePoint now);

  [[nodiscard]] const HealthTable& table() const { return table_; }
  [[nodiscard]] const std::map<probes::ProbeKey, config::Check>& probes() const { return probes_; }
  // Nothing answers this host: in words; empty: something does, or nothing is asked.
  [[nodiscard]] const std::string& blind() const { return blind_; }

 private:
  [[nodiscard]] bool is_blind(const probes::ProbeKey& probe, const probes::Verdict& verdict) const;
  void see(const probes::Verdict& verdict);
  void go_blind(const probes::ProbeKey& probe, const probes::Verdict& verdict);

  Tell tell_;
  std::vector<Changed> changed_;
  std::map<probes::ProbeKey, config::Check> probes_;
  HealthTable table_;
  Silence silence_;
  std::string blind_;
};

}  // namespace hawser::netd
