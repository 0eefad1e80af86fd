// Keeps the nftables table that drops what is sent to addresses with accept = false: made before anybody
// holds them, put back when somebody changes it, gone when no vip wants it. What tells a later run that there
// is one to look for is a file of the state directory, written before the table is made: asking nftables
// would bring a kernel to load modules that most hosts never need.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/daemon/damper.h"
#include "lib/events/event.h"
#include "lib/netlink/nft_monitor.h"
#include "lib/netlink/unaccepted_table.h"

namespace hawser::vipd {

class NoAccept {
 public:
  // `report`: why packets are accepted though they should not be; empty: all is well.
  using Report = std::function<void(const std::string& trouble)>;

  NoAccept(boost::asio::io_context& context, const std::filesystem::path& state_directory, Report report,
           Tell tell);

  // These too, from now on: what is read is in place before anybody uses it.
  void extend(const Unaccepted& also);
  // These and no others; none: the table goes.
  void want(const Unaccepted& wanted);

 private:
  void keep();
  void listen();
  void changed_by_others();
  void put_back();
  void keep_again(Milliseconds after);
  std::optional<bool> bring_about();
  void say_not_kept(const Error& why);

  std::filesystem::path journal_;
  Report report_;
  Tell tell_;
  Unaccepted wanted_;
  UnacceptedKeeper table_;
  std::optional<NftMonitor> monitor_;
  boost::asio::posix::stream_descriptor changes_;
  boost::asio::steady_timer again_;
  bool by_others_ = false;  // what is to be put back when the timer fires
  std::chrono::steady_clock::time_point put_back_at_;
  Damper troubles_;
  std::string trouble_;
};

// Takes the table of an earlier run away, if there is one. Whether there was.
Result<bool> remove_unaccepted(const std::filesystem::path& state_directory);

}  // namespace hawser::vipd
