// A segment in virtual time and the routers on it, for storm.cpp: what happens to them, what they send one
// another, and the promises that are kept or broken with each single event.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "tests/support/storm/storm.h"

namespace hawser::vipd::storm {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

using Random = std::mt19937;

int between(Random& random, int least, int most);
bool happens(Random& random, double share);

struct Router {
  VrrpConfig config;   // that it goes by
  VrrpConfig written;  // in its file
  bool standing = false;
  Machine machine;
  int side = 0;  // of a cut segment
  bool running = false;
  bool paused = false;  // hears and does nothing until it goes on, but time does
  bool asleep = false;  // paused, and what is sent to it meanwhile is lost
  std::vector<AdvertisementHeard> unread;

  [[nodiscard]] bool active() const { return running && std::holds_alternative<Active>(machine.role); }
  // Active in a way that others can see: who listens after a stall, or sleeps, says nothing.
  [[nodiscard]] bool claims() const {
    return active() && !paused && !std::get<Active>(machine.role).listening;
  }
};

bool is_better(const VrrpConfig& one, const VrrpConfig& other);

class Segment {
 public:
  Segment(std::vector<Router> routers, Random& random, const Rules& rules)
      : random_(random), rules_(rules), routers_(std::move(routers)) {}

  struct Weather {
    nanoseconds delay{};  // at the most; 0: what is sent is there
    double loss = 0, twice = 0;
  };

  Random& random() { return random_; }
  void set(const Weather& weather) { weather_ = weather; }
  // From now on nothing is lost or late: two that claim the role are one too many, at every single moment.
  void expect_one() { expects_one_ = true; }
  Router& router(std::size_t i) { return routers_[i]; }
  [[nodiscard]] const Router& router(std::size_t i) const { return routers_[i]; }
  [[nodiscard]] std::size_t size() const { return routers_.size(); }
  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] unsigned takeovers() const { return takeovers_; }

  // What it was asked for, and it says so itself.
  [[nodiscard]] VrrpConfig promised(std::size_t i) const;
  void start(std::size_t i, bool adopted = false);
  void kill(std::size_t i);
  void leave(std::size_t i) { give(i, Shutdown{now_}); }
  void reload(std::size_t i);
  void set_priority(std::size_t i, Priority priority);
  void release(std::size_t i);
  void pause(std::size_t i);
  void suspend(std::size_t i);
  // Reads what has come meanwhile first, as vipd does when it wakes.
  void go_on(std::size_t i);

  void run(nanoseconds duration);

  [[nodiscard]] std::vector<std::size_t> active() const;
  [[nodiscard]] std::size_t others_than(std::size_t one) const;
  // The one that has to win among those that run.
  [[nodiscard]] std::optional<std::size_t> best() const;
  [[nodiscard]] std::optional<std::size_t> best_but(std::size_t one) const;
  void blame(const std::string& what);
  [[nodiscard]] std::string name_of(std::size_t i) const;

 private:
  static constexpr TimePoint kBegin{1000s};

  struct Packet {
    std::size_t from, to;
    AdvertisementHeard heard;
  };

  [[nodiscard]] std::optional<TimePoint> next_event(TimePoint end) const;
  [[nodiscard]] bool connected(std::size_t one, std::size_t other) const {
    return routers_[one].side == routers_[other].side;
  }
  void fire_timers();
  void deliver();
  void arrive(const Packet& packet);
  void hear(std::size_t i, AdvertisementHeard heard);
  void give(std::size_t i, const MachineEvent& event);
  void take(std::size_t i, const MachineEvent& event);
  void judge_claims();
  void judge_sender(std::size_t i, const MachineEvent& event, const SendAdvertisement& send);
  void broadcast(std::size_t from, const SendAdvertisement& send);

  Random& random_;
  const Rules& rules_;
  std::vector<Router> routers_;
  std::multimap<TimePoint, Packet> flying_;
  std::deque<Packet> at_once_;
  Weather weather_;
  TimePoint now_ = kBegin;
  std::string broken_;
  unsigned takeovers_ = 0, sent_ = 0;
  bool expects_one_ = false, delivering_ = false;
};

}  // namespace hawser::vipd::storm
