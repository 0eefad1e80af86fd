// Runs the probes of the schedule on the event loop and hands each verdict to one function. The thin edge
// around Schedule and probe(): reads the clock, throws the dice, nothing else.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>

#include <boost/asio.hpp>

#include "probes/schedule.h"

namespace hawser::probes {

// How many probes may be under way at once: each holds one descriptor; some are kept for everything else.
std::size_t most_probes_at_once(std::size_t descriptor_limit);

class Prober {
 public:
  using OnVerdict = std::function<void(const ProbeKey&, const Verdict&)>;

  Prober(boost::asio::io_context& io, std::size_t most_at_once, OnVerdict on_verdict);
  ~Prober();  // probes under way end by themselves, their verdicts are dropped
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  // From now on exactly these. The answer of a probe that was under way for an older form of its check is not
  // used.
  void set(std::map<ProbeKey, config::Check> probes);
  [[nodiscard]] std::size_t running() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace hawser::probes
