// Which port carries a bond, whenever that changes and whoever did it: one event for each switch, with the
// chain of what led to it and how long each part took. The bond guard tells what it did, the kernel's
// notifications tell of every switch; here the two become one. The times are those at which netd heard. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/events/event.h"
#include "lib/netlink/bond_story.h"

namespace hawser::netd {

class BondChronicle {
 public:
  // So long a switch waits for the rest of it: that the neighbours are told, and for the guard's word.
  static constexpr Milliseconds kPatience{500};
  // The guard's report and the notification come on two ways, and either may be first.
  static constexpr Milliseconds kGuardsWord{100};

  // All links as they are, before the first notification.
  void begin(const std::vector<LinkFact>& all, const Moment& now) { (void)story_.begin(all, now); }
  void hear(const std::vector<LinkFact>& facts, const Moment& now);
  // Notifications were lost: all links as they are.
  void look_again(const std::vector<LinkFact>& all, const Moment& now);
  // What the guard reports of a switch.
  void guard_switched(const Event& event, TimePoint now);

  // What is complete, or has waited long enough.
  std::vector<Event> due(TimePoint now);
  [[nodiscard]] TimePoint next() const;

 private:
  struct Pending {
    TimePoint since;
    std::optional<Event> guard{};
    std::optional<BondNews> news{};
    std::optional<TimePoint> announced{};

    [[nodiscard]] TimePoint due() const;
    [[nodiscard]] Event event() const;
    [[nodiscard]] const std::string& to() const { return news ? news->to : guard->to; }
  };

  void take(const BondStory::News& news);
  void take_one(const BondNews& news);
  void take_announcement(const BondNews& news);
  Pending& pending_of(const std::string& bond, const std::string& to, bool has_said, TimePoint now);

  BondStory story_;
  std::map<std::string, Pending> pending_;  // by bond
  std::vector<Event> ripe_;
};

// "bond0: eth0 -> eth1: eth0 lost its carrier (carrier -> poll 48ms -> failover 52ms -> announced 53ms)",
// of 802.3ad "bond0: aggregator 1 -> 2"
Event event_of(const BondNews& news);

}  // namespace hawser::netd
