// Tells the neighbours which MAC has an address now, when that changed: because of what netd did (a bond made
// anew, a mode changed, an address put on another device) or because somebody else did it. Neighbours keep an
// entry for half a minute and more and send to the old MAC until then. What to tell is a function of two
// looks at the kernel; when is a value that takes the time as an argument.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/announce/frame_socket.h"
#include "lib/base/duration.h"
#include "lib/daemon/log.h"
#include "lib/state/observed.h"

namespace hawser::netd {

// What the announcer sees of a look; routes and services are nothing to it.
struct Sight {
  std::map<std::string, Link> links;
  std::map<std::string, LinkStatus> status;
};
Sight sight_of(const Observed& observed);

struct Announcement {
  std::string link;
  IpAddress address;
  MacAddress mac;
  auto operator<=>(const Announcement&) const = default;
};

// What the neighbours do not know yet, of `devices` and the VLANs on them: addresses that were elsewhere,
// whose device has another MAC, index or mode or was down, and new ones of our own. Not vipd's, which
// announces them itself, nor link-local and deprecated ones.
std::vector<Announcement> moved(const Sight& before, const Sight& now, const std::set<std::string>& devices);

class Announcer {
 public:
  static constexpr int kRounds = 3;
  static constexpr Milliseconds kInterval{1000};
  // A device without carrier is told of when it has one; not for ever.
  static constexpr Milliseconds kPatience{60000};

  // True: it was sent. What was not is tried again in a second.
  using Send = std::function<bool(const Announcement&, IfIndex)>;

  Announcer(Send send, Tell tell) : send_(std::move(send)), tell_(std::move(tell)) {}

  // After each look. The first one is what is there already: nobody needs to be told.
  void saw(const Observed& observed, const std::set<std::string>& devices, TimePoint now);
  // Sends what is due.
  void work(TimePoint now);
  [[nodiscard]] TimePoint next() const;
  // Something waits for a carrier: a look may bring it.
  [[nodiscard]] bool waits_for_carrier() const;

 private:
  struct Rounds {
    int left = kRounds;
    TimePoint next;
    TimePoint until;
  };

  [[nodiscard]] bool is_still_so(const Announcement& what) const;
  [[nodiscard]] bool has_carrier(const std::string& link) const;
  void tell_of(const std::vector<Announcement>& what) const;

  Send send_;
  Tell tell_;
  bool has_seen_ = false;
  Sight sight_;
  std::map<Announcement, Rounds> pending_;
};

// Through a packet socket, as a host or a router, whichever the device is. Opened with the first frame: who
// never moves anything needs no right for it.
class AnnouncementSender {
 public:
  explicit AnnouncementSender(Tell tell) : tell_(std::move(tell)) {}
  bool operator()(const Announcement& what, IfIndex index);

 private:
  Tell tell_;
  std::shared_ptr<FrameSocket> socket_;
  std::string refused_;  // said once
};

}  // namespace hawser::netd
