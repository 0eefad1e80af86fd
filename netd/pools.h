// What is remembered of the pools between two looks, and what operators said of their real servers: the
// memory around lib/reconcile/weight.h. Pure but for nothing: the time comes in, the table too.
#pragma once

#include "lib/reconcile/overrides.h"
#include "lib/reconcile/weight.h"
#include "lib/state/observed.h"

namespace hawser::netd {

class Pools {
 public:
  // What is not in the layout any more is forgotten; overrides are not, since a file may come back.
  void keep_only(const Layout& layout);
  void set(Overrides overrides) { overrides_ = std::move(overrides); }
  [[nodiscard]] const Overrides& overrides() const { return overrides_; }

  struct At {
    const ServiceKey& key;
    const VirtualServer& service;
    const HealthTable& health;
    const Service* present;  // what the kernel has; nullptr: nothing
  };
  [[nodiscard]] Weighed weigh(const At& at, TimePoint now) const;
  // The same, and from now on this is what was before.
  const Weighed& remember(const At& at, TimePoint now);
  // What the kernel counts; kept of those that are being drained.
  void count(const At& at, const ServiceStatus& status);

  // The last that was remembered; nullptr: nothing yet.
  [[nodiscard]] const Weighed* find(const ServiceKey& key) const;
  [[nodiscard]] const EffectiveWeight* find(const ServiceKey& key, const Endpoint& real) const;
  [[nodiscard]] std::map<ServiceKey, PoolMemory> memory() const;
  [[nodiscard]] std::map<Endpoint, Connections> connections(const ServiceKey& key) const;

  // Those that are another by now, though nothing happened.
  [[nodiscard]] std::vector<ServiceKey> due(TimePoint now) const;
  [[nodiscard]] TimePoint next() const;

 private:
  Overrides overrides_;
  std::map<ServiceKey, Weighed> weighed_;
  std::map<ServiceKey, std::map<Endpoint, Connections>> connections_;
};

}  // namespace hawser::netd
