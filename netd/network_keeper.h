// Keeps links, bonds, addresses and routes as the file wants them: a fresh look and a plan whenever the
// monitor says that something changed, repairs of what somebody else changed, retries of what the kernel
// refused. Takes the time as an argument; the kernel is the two-method interface.
#pragma once

#include <optional>
#include <set>

#include "lib/config/ports.h"
#include "lib/plan/apply.h"
#include "lib/reconcile/wanted.h"
#include "netd/attempts.h"
#include "netd/contention.h"
#include "netd/ipvs_keeper.h"

namespace hawser::netd {

class NetworkKeeper {
 public:
  // Not every change of an LACP partner is notified.
  static constexpr Milliseconds kLacpLook{5000};

  NetworkKeeper(Kernel& kernel, JournalBook& book, Tell tell, Counters& counters, FindPaths find_paths);

  void configure(const config::Config& config, Why why, TimePoint now);
  void changed(TimePoint now) { attempts_.changed(now); }  // the monitor: look again soon
  // Told of every look, with the devices of the file.
  using OnLook = std::function<void(const Observed&, const std::set<std::string>& devices, TimePoint)>;
  void on_look(OnLook on_look) { on_look_ = std::move(on_look); }
  // Looks, plans and applies when it is time. True: a device of the file appeared, or one was made.
  bool work(TimePoint now);
  [[nodiscard]] TimePoint next() const { return attempts_.next(); }
  [[nodiscard]] bool settled() const { return configured_ && !attempts_.is_new(); }

  // The last look; of status and the bond guard.
  [[nodiscard]] const Observed& observed() const { return observed_; }
  [[nodiscard]] const Retries<std::string>& refusals() const { return attempts_.refusals(); }
  // What somebody else undoes again and again, in words.
  [[nodiscard]] std::vector<std::string> contested() const { return contention_.contested_in_words(); }
  // The file's links and bonds with their ports as devices, and the ports that are not there, as of the last
  // look.
  [[nodiscard]] const config::ResolvedPorts& resolved() const { return resolved_; }
  // What it plans by, as of the last look.
  [[nodiscard]] const Desired& desired() const { return desired_; }

 private:
  bool look(Kernel& kernel, TimePoint now);
  void resolve();
  void say_missing();
  void say_taken_over();
  bool repair(Kernel& kernel, const std::set<std::string>& appeared, TimePoint now);
  [[nodiscard]] bool worth_trying(TimePoint now) const;
  [[nodiscard]] std::vector<Step> contested_steps(TimePoint now) const;
  [[nodiscard]] std::vector<Step> left_out(TimePoint now) const;
  bool run(Kernel& kernel, const std::set<std::string>& appeared, TimePoint now);
  void owe_nothing();
  Status announce(const std::vector<Step>& steps);
  void say_done(const Applied& applied, const std::set<std::string>& appeared, TimePoint now);
  void say_step(const Step& step, const std::set<std::string>& appeared, TimePoint now);
  void settle_contention(TimePoint now);
  // `still`: what waits and was not tried.
  void report(const Applied& applied, std::set<std::string> still, TimePoint now);
  void report_refused(const Applied& applied, TimePoint now);
  void tell_with_outlook(Event event, Price price);  // of trying it once more
  std::set<std::string> report_left(const Applied& applied, TimePoint now);
  [[nodiscard]] bool has_lacp() const;
  [[nodiscard]] std::set<std::string> present(const State& state) const;
  [[nodiscard]] State of_the_file(const State& state) const;

  Kernel& kernel_;
  JournalBook& book_;
  Tell tell_;
  Counters& counters_;

  bool configured_ = false;
  FindPaths find_paths_;
  FileNetwork file_;
  OnLook on_look_;
  config::ResolvedPorts resolved_;
  Desired desired_;
  std::set<std::string> devices_;  // links of the file and ports of its bonds
  std::vector<config::MissingPort> said_missing_;
  std::vector<config::MissingDevice> said_missing_devices_;
  std::vector<config::DoubledPort> said_doubled_;
  std::map<std::string, IfIndex> said_taken_over_;

  Observed observed_;
  std::set<std::string> present_;  // of `devices_`, at the last look
  Attempts attempts_;
  Contention contention_;
  std::map<std::string, Step> undone_;  // what is in `contention_`, by its words
};

}  // namespace hawser::netd
