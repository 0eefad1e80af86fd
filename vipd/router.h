// One virtual router: a vip of the file with its state machine, its addresses and its announcements. It
// carries out what the machine decides, through Hands, and knows neither sockets nor the event loop: the
// daemon tells it what happened and asks when it wants to be called again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/daemon/damper.h"
#include "vipd/counters.h"
#include "vipd/hands.h"
#include "vipd/machine.h"
#include "vipd/rounds.h"
#include "vipd/slices.h"

namespace hawser::vipd {

using AddressKey = std::pair<std::string, Prefix>;  // interface, address

// Whether the kernel has an address, and whose it is: what was there before us is used and never removed.
enum class Holding : std::uint8_t { kNo, kOurs, kForeign };

struct RouterStatus {
  config::Vip vip;
  RoleName role = RoleName::kInitialize;
  std::string why;  // of the last change of role
  TimePoint since;
  IpAddress source;  // unspecified while the interface is not usable
  std::optional<Heard> heard;
  VrrpChecksum checksum = VrrpChecksum::kPseudoHeader;  // what we send
  std::map<AddressKey, Holding> addresses;
  Counters counters;
};

class VirtualRouter {
 public:
  VirtualRouter(config::Vip vip, Hands& hands);

  // ---- what happened

  // The interface can be used, with `source` as our address on it. `present`: the vip's addresses that the
  // kernel has (ours adopts them; looked at when the router is not running yet). Safe to repeat.
  void interface_usable(const IpAddress& source, const std::map<AddressKey, Holding>& present);
  // `present` as above: what an earlier run left goes, as a running vip's addresses would.
  void interface_unusable(const std::string& why, const std::map<AddressKey, Holding>& present);
  // The interface has another hardware address: what it holds there is announced again.
  void mac_changed(const std::string& interface);
  void receive(const Received& received, const IpAddress& from);
  void refuse(BadPacket reason) { counters_.bad.count(reason); }
  void on_time();  // due() has come
  // Somebody else removed one of the vip's addresses.
  void address_removed(const AddressKey& address);
  // The file changed. Interface and router id stay: with another one it is another router.
  void reconfigure(const config::Vip& vip);
  void shutdown();  // planned leave; a second one does not wait
  // Named by the file again before it had left.
  void resume();
  void advertise_before_exec();  // a last advertisement before the program starts itself again

  // ---- what it wants

  [[nodiscard]] std::optional<TimePoint> due() const;
  // One slice of adding, removing and announcing; true: there is more, call again soon.
  bool work();
  [[nodiscard]] bool working() const { return !jobs_.empty(); }
  [[nodiscard]] bool stopped() const;  // after shutdown: left the role, addresses gone

  [[nodiscard]] const config::Vip& vip() const { return vip_; }
  [[nodiscard]] bool leaving() const { return leaving_; }
  [[nodiscard]] bool usable() const { return usable_; }
  // Whether the address is to be on its interface now, as far as this vip is concerned.
  [[nodiscard]] bool wants(const AddressKey& address) const;
  // Addresses that we think the kernel has.
  [[nodiscard]] std::vector<AddressKey> held() const;
  [[nodiscard]] IpAddress source() const { return config_.source; }
  [[nodiscard]] RoleName role() const { return name_of_role(machine_.role); }
  // Whether a packet from there is listened to at all: with unicast only the peers are.
  [[nodiscard]] bool listens_to(const Meta& meta) const;
  [[nodiscard]] RouterStatus status() const;

 private:
  struct Job {
    enum class Kind : std::uint8_t { kAdd, kRemove, kAnnounce };
    Kind kind;
    AddressKey address;
  };

  void handle(const Event& event);
  void carry_out(const SendAdvertisement& action);
  void carry_out(const HoldAddresses& action);
  void carry_out(const DropAddresses& action);
  void carry_out(const Announce& action);
  void carry_out(const RoleChange& action);
  void carry_out(const Note& action);
  void perform(const Job& job);
  void add(const AddressKey& address);
  void remove(const AddressKey& address);
  void announce(const AddressKey& address);
  void forget_jobs();
  void take_foreign(const AddressKey& address, Holding& holding);
  void queue_missing();
  void queue_announcements();
  // One line of the log, "web: " before it; `topic` tells its reasons apart, see Damper.
  void tell(std::string_view topic, std::string_view text);
  void warn(std::string_view topic, std::string_view text);
  void say_last_words();
  void compare_addresses(const Advertisement& advertisement, const IpAddress& from);
  void send_to(const IpAddress& destination, const Advertisement& advertisement);

  config::Vip vip_;
  Hands& hands_;
  VrrpConfig config_;
  Machine machine_;
  TimePoint created_;
  TimePoint since_;
  std::string why_ = "not started";
  bool usable_ = false;
  bool leaving_ = false;  // shutdown() was called
  VrrpChecksum checksum_;
  std::map<AddressKey, Holding> addresses_;
  std::set<AddressKey> obsolete_;  // ours, no longer in the file
  Slices<Job> jobs_;
  Rounds rounds_;
  std::optional<TimePoint> retry_at_;
  std::optional<TimePoint> put_back_at_;  // when an address was last put back
  std::string unusable_;                  // the reason, once it was said
  std::optional<IpAddress> differs_;      // whose addresses last were not ours
  Damper changes_;                        // info
  Damper troubles_;                       // warnings
  Counters counters_;
};

}  // namespace hawser::vipd
