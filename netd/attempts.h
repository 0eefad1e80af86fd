// What of the network was tried in vain, and when it is tried again: what NetworkKeeper remembers from one
// look to the next. Takes the time as an argument; knows no kernel and says nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/plan/step.h"
#include "netd/events.h"
#include "netd/retry.h"

namespace hawser::netd {

class Attempts {
 public:
  // A change seldom comes alone; what comes within this time is looked at once.
  static constexpr Milliseconds kGather{20};

  // --- when to look ---
  // Another file: everything is tried at once, whatever was refused before.
  void configure(Why why, TimePoint now);
  // The first change sets the time: a steady stream of them must not put the look off for ever.
  void changed(TimePoint now) { look_at(now + kGather); }
  void look_at(TimePoint time) { next_ = std::min(next_, time); }
  [[nodiscard]] TimePoint next() const { return next_; }
  // A look begins, and is over; with it a new configuration was tried.
  void begin() { next_ = TimePoint::max(); }
  void end();
  [[nodiscard]] bool is_new() const { return why_.has_value(); }
  // The kernel did not answer. True when the reason is new and has to be said.
  bool blind(const std::string& reason, TimePoint now);
  void answered() { blind_.clear(); }

  // --- what to try ---
  // What the look showed of the file's devices, and whether all is as the file wants it: then nothing waits.
  void saw(State devices, bool as_wanted);
  // That this is so after all, with what is left out on purpose.
  void settle(bool as_wanted) { as_wanted_ = as_wanted; }
  // Something is due, or everything is new.
  [[nodiscard]] bool due(TimePoint now) const { return is_new() || !refusals_.due(now).empty(); }
  // Why there is something to do: the file, somebody else (all had been as wanted), or an earlier refusal.
  [[nodiscard]] Why why() const;
  // By name, what is left as it is until its time comes or something changes on the devices of the file. Our
  // own attempts change nothing there that lasts: they are rolled back.
  [[nodiscard]] std::set<std::string> left_alone(TimePoint now) const;
  [[nodiscard]] std::vector<Step> steps_of(const std::set<std::string>& names) const;
  [[nodiscard]] bool holds_nothing() const { return held_.empty(); }

  // --- what came of it ---
  struct InVain {
    std::string name;  // of the unit, or of what is left of a device
    std::vector<Step> steps;
    Price price{};  // of trying it once more
    std::string reason;
  };
  // What costs traffic is not tried again by time: the host works without it. True when this is new and has
  // to be said.
  bool failed(InVain what, TimePoint now);
  // The kernel could not be looked at in between. True when that is new.
  bool failed(const std::string& reason, TimePoint now) { return refusals_.refused("kernel", reason, now); }
  // Of what waited, only these still wait; the devices as they are after it.
  void keep_only(const std::set<std::string>& still, State devices);

  [[nodiscard]] const Retries<std::string>& refusals() const { return refusals_; }

 private:
  void forget();

  std::optional<Why> why_;  // of a configure() that was not carried out yet
  TimePoint next_ = TimePoint::max();
  std::string blind_;  // why the kernel did not answer, as it was said
  bool as_wanted_ = false, was_as_wanted_ = false;
  State devices_;                      // of the file, at the last look
  std::optional<State> refused_with_;  // the same when something was refused
  std::map<std::string, std::vector<Step>> held_;
  Retries<std::string> refusals_;
};

}  // namespace hawser::netd
