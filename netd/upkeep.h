// What the keepers of things that a host has once have in common: a look that may fail and says so once,
// steps that are written down before they are done, refused ones that are tried again, and what somebody else
// undoes again and again, which is put back after pauses. The kernel is the two-method interface.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/plan/kernel.h"
#include "lib/reconcile/journal.h"
#include "netd/contention.h"
#include "netd/events.h"
#include "netd/retry.h"

namespace hawser::netd {

class Upkeep {
 public:
  Upkeep(Kernel& kernel, JournalBook& book, Tell tell)
      : kernel_(kernel), book_(book), tell_(std::move(tell)) {}

  // Something new is wanted, looked at every `check` from now on.
  void begin(Why why, Milliseconds check);
  // nullopt: it could not be looked at.
  std::optional<Observed> look(const Scope& scope);
  // What is still to do after a look. After the first time somebody else is the reason.
  void bring_about(const std::vector<Step>& steps, TimePoint now);

  // By the object of the step: "net.ipv4.vs.expire_nodest_conn".
  [[nodiscard]] const Retries<std::string>& refusals() const { return refusals_; }
  [[nodiscard]] std::vector<std::string> contested() const { return contention_.contested_in_words(); }

 private:
  [[nodiscard]] bool must_wait(const Step& step, Why why, TimePoint now) const;
  void perform(const Step& step, Why why, TimePoint now);
  void say_drift(const Event& repair, TimePoint now);
  void refuse(const Step& step, const Error& reason, TimePoint now);

  Kernel& kernel_;
  JournalBook& book_;
  Tell tell_;
  Why why_ = Why::kStart;  // of the next step
  Retries<std::string> refusals_;
  Contention contention_;
  std::string blind_;  // why the kernel could not be looked at, as it was said
};

}  // namespace hawser::netd
