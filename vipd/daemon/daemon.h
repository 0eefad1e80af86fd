// The advertising process: the virtual routers in one event loop. Wiring only: what happened goes to whom it
// concerns, what they want next becomes a timer. What to do is decided in vipd/vrrp/machine,
// vipd/router/router, vipd/interface.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>

#include "lib/control/later.h"
#include "lib/control/routes.h"
#include "lib/control/server.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/damper.h"
#include "lib/daemon/event_log.h"
#include "lib/daemon/lateness.h"
#include "lib/daemon/notify.h"
#include "vipd/announce/twin_watch.h"
#include "vipd/daemon/carry.h"
#include "vipd/daemon/platform.h"
#include "vipd/daemon/read_ahead.h"
#include "vipd/daemon/rehearsal.h"
#include "vipd/daemon/route_word.h"
#include "vipd/daemon/stands.h"
#include "vipd/daemon/status.h"
#include "vipd/daemon/watchdog.h"
#include "vipd/router/routed_addresses.h"
#include "vipd/vrrp/refusal_socket.h"
#include "vipd/worker/worker_link.h"

namespace hawser::vipd {

struct Options {
  Files files;
  std::filesystem::path runtime_directory;
  // No other vipd is alive here, for sure: what an earlier run left is nobody's.
  bool alone = true;
  std::optional<Carry> carry{};  // this program ran before, and has started itself again
};

// After the kernel could not be observed, or a socket not be opened.
inline constexpr Milliseconds kLookAgain{1000};

class Daemon {
 public:
  Daemon(boost::asio::io_context& context, Options options);
  // Starts the worker; everything else follows from its first answer. The error is a line for the log.
  Status begin();
  // After the loop has ended.
  [[nodiscard]] int exit_code() const { return exit_code_; }
  [[nodiscard]] bool wants_exec() const { return wants_exec_; }
  // False: it ended before it came to look after any address.
  [[nodiscard]] bool has_begun() const { return platform_ != nullptr; }
  // The last thing before the program starts itself again: one more advertisement each, and what the new one
  // goes on with.
  Carry leave_before_exec();

 private:
  struct Running : boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>> {
    Running(config::Vip vip, Effects& effects) : router(std::move(vip), effects) {}
    VirtualRouter router;
    TimePoint fires = TimePoint::max();  // its place in agenda_; max: it has none
    const RouterKey* key = nullptr;      // that of routers_, from its first place on
    bool queued = false;                 // a slice of work is in the loop's queue
    Side side = Side::kOther;            // as the worker was told, where a provider routes the addresses
    bool fences = false;                 // a candidate that waits for the other to be off
    unsigned losers_heard = 0;           // as it was told
    TimePoint awaits_home_since{};       // zero: it does not
    bool goes_without_home = false;      // it has waited long enough
    friend bool operator<(const Running& one, const Running& other) { return one.fires < other.fires; }
  };

  // the file
  void take(Reading reading, std::uint64_t answers);
  void reload(config::Emptiness emptiness);
  void refuse_to_empty(Reading& reading, config::Emptiness emptiness) const;
  [[nodiscard]] std::optional<std::string> refusal_to_empty(const Settings& settings) const;
  void refuse(const Reading& reading);
  void begin_with(const Reading& reading);
  void begin_carried();
  void go_on(const Settings& settings);
  void be_begun();
  void give_the_worker_time();
  Status open_platform(const Settings& settings);
  void be_on_time(const Settings& settings);
  void apply(const Settings& settings);
  void start_or_change(const config::Vip& vip);
  void say_no_lease(const config::Vip& vip);
  void share_out(const std::vector<config::Vip>& vips);
  [[nodiscard]] Settings in_use() const;  // all of the file that counts now
  void follow_names(const Settings& settings);
  void remind();
  void fail_start(int exit_code, const std::string& line);

  // the kernel
  void wait_for_news();
  void take_news();
  void look_soon();
  void look_at(TimePoint time);
  void look();
  void settle_all();
  void report(const Event& event) { events_.report(event); }
  void warn(std::string_view topic, const Error& why);
  void announce_again(const std::string& interface);
  void settle_interface(Running& running);
  std::optional<Prefix> home_awaited(Running& running);
  void secure();
  void quiet();
  void watch_answers();
  [[nodiscard]] std::vector<int> answer_settings() const;
  [[nodiscard]] bool stays_quiet(const std::string& interface) const;
  void settle_own_links(const std::vector<config::Vip>& more = {});
  void find_strays();
  void remove_strays();
  void remove(const Stray& stray);
  void say_renamed(const std::string& from, const std::string& to);
  [[nodiscard]] bool claimed(const AddressKey& address) const;
  [[nodiscard]] bool named(const AddressKey& address) const;

  // other hosts with our own address
  void watch_for_twins();
  void wait_for_twins(std::size_t which);
  void ask_for_twins();
  void ask_for_twins_at(TimePoint time);
  void ask_soon_for_conflicts();
  [[nodiscard]] std::set<std::pair<std::string, IpAddress>> sources() const;
  [[nodiscard]] std::set<std::pair<std::string, IpAddress>> some_held();
  void twin(const TwinWatch::Heard& heard);

  // the routers
  void on_packet(VrrpSocket& socket, const Packet& packet);
  void on_role(const Change& change);
  void on_renewed(const Status& done);
  void settle(const RouterKey& key);
  void set_alarm();
  void on_alarm();
  void on_timer(const RouterKey& key, TimePoint now);
  void call_at(const RouterKey& key, Running& running, TimePoint fires);
  void hear_refusals_soon();
  void hear_refusals();
  void work_later(const RouterKey& key);
  void reap();

  // what operators ask of the vips
  void recall(const std::string& remembered);
  [[nodiscard]] Running* running(const std::string& vip);
  void stand(const std::vector<std::string>& vips, const Stand& stand);
  void wait_for_ends();
  struct Asked {  // and found to be in order
    std::vector<std::string> vips;
    Stand stand;
  };
  using AskedOrNot = tl::expected<Asked, control::Response>;
  AskedOrNot asked_to_stand_by(const control::Request& request);
  AskedOrNot asked_to_take(const control::Request& request);
  AskedOrNot asked_to_resume(const control::Request& request);
  control::Response carry_out(const Asked& asked);
  void route_stand(control::Routes& routes, const std::string& what,
                   AskedOrNot (Daemon::*asked)(const control::Request&));

  // and what would come of it
  control::Response plan_stand(const Asked& asked);
  static control::Response plan_announce(const std::vector<Running*>& those);
  control::Response plan_restart();
  [[nodiscard]] control::Response foretold_restart(const Status& would_start) const;
  control::Response plan_reload(const control::Request& request);
  [[nodiscard]] control::Response foretold_reload(Reading reading, config::Emptiness emptiness) const;

  // addresses that a provider routes
  void want_routed(const std::vector<config::Vip>& vips);
  void settle_routed();
  void lead(Running& running);
  void take(const RouteReport& report);
  void take(const FenceReport& report);
  void hand_on(const std::string& vip, bool left_behind);
  void ask_arbiter(Running& running);

  // the process
  void wait_for_signals();
  void on_signal(int number);
  void shut_down();
  void end();
  void listen();
  control::Routes routes();
  [[nodiscard]] std::vector<std::string> vip_names() const;
  control::Response answer_why(const control::Request& request);
  tl::expected<std::vector<Running*>, control::Response> asked_to_announce(const control::Request& request);
  control::Response announce(const std::vector<Running*>& those);
  static config::Emptiness emptiness_in(const control::Request& request);
  control::Response answer_reload(const control::Request& request);
  control::Response restart();
  void rehearsed(const Status& would_start);
  [[nodiscard]] DaemonStatus status() const;

  boost::asio::io_context& context_;
  EventLog events_;
  Options options_;
  boost::asio::signal_set signals_;
  WorkerLink worker_;
  Notifier notifier_;
  Watchdog watchdog_;
  LoopLateness lateness_;
  std::vector<RefusalSocket> refusals_;
  bool hears_refusals_ = false;         // in the loop's queue
  std::unique_ptr<Platform> platform_;  // none until the first settings have come
  boost::asio::posix::stream_descriptor monitor_;
  struct Twins {
    TwinWatch watch;
    boost::asio::posix::stream_descriptor reader;
  };
  std::vector<Twins> twins_;  // by ARP and by neighbour discovery
  boost::asio::steady_timer twin_timer_;
  boost::asio::steady_timer answers_timer_;
  std::vector<int> answer_settings_;  // as last read
  std::size_t asked_for_ = 0;         // held addresses, one after the other
  boost::asio::steady_timer look_timer_;
  boost::asio::steady_timer reminder_;
  boost::asio::steady_timer exec_timer_;
  std::map<RouterKey, Running> routers_;
  boost::intrusive::multiset<Running> agenda_;  // those of routers_ that are to be called, the next one first
  Stands stands_;
  boost::asio::steady_timer stand_timer_;
  std::optional<RoutedAddresses> routed_;
  boost::asio::steady_timer routed_timer_;
  boost::asio::steady_timer alarm_;  // the first of agenda_, or before
  RouteReports routes_;
  std::map<std::string, FenceReport> fences_;  // by vip: of a takeover that is going on
  std::string not_dropped_;                    // why, where packets to addresses with accept = false are not
  std::unique_ptr<control::Server> server_;
  Settings settings_;            // without the vips, which their routers keep: in_use() has both
  std::optional<int> realtime_;  // the one last asked for; none: as we were started
  bool locked_ = false;
  std::vector<config::Problem> problems_;
  std::string changes_;      // by the last reading that was used
  WorkQueue<Stray> strays_;  // to be removed
  std::optional<std::map<std::string, IfIndex>>
      secured_;  // where an address with a subnet floats, when the worker was told
  std::optional<std::map<std::string, IfIndex>> quieted_;  // the same of where virtual MACs are
  TimePoint put_back_by_;                                  // where they were and are no more
  TimePoint looked_at_;
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::uint64_t readings_ = 0;
  config::Emptiness emptiness_ = config::Emptiness::kRefused;  // of the reading that is awaited
  bool last_good_ = false;
  bool carried_ = false;  // what is in use comes from an earlier run, and no reading has come yet
  bool look_queued_ = false;
  Damper troubles_;
  bool stopping_ = false;
  bool ending_ = false;
  std::unique_ptr<Rehearsal> rehearsal_;
  std::unique_ptr<ReadAhead> ahead_;  // while somebody waits for what a reload would do
  RestartStatus restart_;
  bool wants_exec_ = false;
  int exit_code_ = 0;
};

}  // namespace hawser::vipd
