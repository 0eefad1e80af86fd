// netd as a whole against the fake kernel, with a clock that the tests turn.
#pragma once

#include <gtest/gtest.h>

#include "netd/controller.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser::site {

using namespace netd;

class Netd : public testing::Test {
 protected:
  // A process: what it remembers is lost with it, the journal and the kernel stay.
  void start(const config::Config& config) {
    controller = std::make_unique<Controller>(
        kernel, journal,
        [this](const std::string& text) -> Status {
          journal = *decode_journal(text);
          ++journal_writes;
          return {};
        },
        [this](const Event& event) {
          (event.level == Level::kWarning ? warnings : lines).push_back(line_of(event));
          events.push_back(event);
        },
        FindPaths{}, look_at_host);
    controller->configure(config, Why::kStart, now);
    work();
  }
  void reload(const config::Config& config) {
    controller->configure(config, Why::kReload, now);
    work();
  }
  void work() {
    for (int i = 0; i < 1000 && controller->work(now); ++i) {
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    work();
  }
  void verdict(const Endpoint& real, const probes::Verdict& verdict, int times = 1) {
    for (int i = 0; i < times; ++i) controller->verdict(probe(real), verdict, now);
  }
  void forget_lines() {
    lines.clear();
    warnings.clear();
    events.clear();
  }
  const Service& service() { return kernel.state().services.at(kWeb); }
  // web1 and web2 are in, as after a while.
  void start_in_service() {
    start(web());
    verdict(kWeb1, good());
    verdict(kWeb2, good());
    forget_lines();
  }

  FakeKernel kernel;
  Made journal{"this boot", {}, {}};
  int journal_writes = 0;
  Controller::LookAtHost look_at_host;
  TimePoint now{std::chrono::seconds{1000}};
  std::vector<std::string> lines, warnings;
  std::vector<Event> events;  // all of them
  std::unique_ptr<Controller> controller;
};

}  // namespace hawser::site
