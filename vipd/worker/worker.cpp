#include "vipd/worker/worker.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <linux/netlink.h>
#include <malloc.h>

#include "lib/config/host_file.h"
#include "lib/daemon/channel.h"
#include "lib/daemon/child.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/netlink/inet_diag.h"
#include "vipd/addresses/parent_arp.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/addresses/unaccepted.h"
#include "vipd/provider/secret.h"
#include "vipd/worker/fences.h"
#include "vipd/worker/no_accept.h"
#include "vipd/worker/reading.h"
#include "vipd/worker/routes.h"

namespace hawser::vipd {

namespace {

class Worker {
 public:
  Worker(boost::asio::io_context& context, Fd socket)
      : context_(context),
        channel_(
            context, std::move(socket), [this](const boost::json::object& message) { take(message); },
            [this] { context_.stop(); }) {}

 private:
  void take(const boost::json::object& message) {
    const auto request = decode_to_worker(message);
    if (!request) return tell({.level = Level::kError, .object = "worker", .what = request.error().text});
    std::visit([this](const auto& what) { carry_out(what); }, *request);
  }

  // The first reading is given unasked.
  void carry_out(const Begin& begin) {
    files_ = begin.files;
    // Under systemd the unit makes it. Where it cannot be made, whoever needs it says so.
    std::error_code ignored;
    std::filesystem::create_directories(files_.state_directory, ignored);
    promoter_.emplace(files_.state_directory, [this](const Event& event) { tell(event); });
    parent_arp_.emplace(files_.state_directory, [this](const Event& event) { tell(event); });
    no_accept_.emplace(
        context_, files_.state_directory,
        [this](const std::string& trouble) { channel_.send(encode(DropReport{trouble})); },
        [this](const Event& event) { tell(event); });
    routes_.emplace(
        context_, files_, [this](const RouteReport& report) { channel_.send(encode(report)); },
        [this](const Event& event) { tell(event); });
    fences_.emplace(
        context_, files_, [this](const FenceReport& report) { channel_.send(encode(report)); },
        [this](const Event& event) { tell(event); });
    auto reading = read_files(files_, true);
    // What an operator asked for must not be forgotten without a word.
    if (auto remembered = recall(files_.state_directory))
      reading.reading.remembered = std::move(*remembered);
    else
      tell(trouble_event(EventKind::kStorage, remembered.error()));
    answer(std::move(reading));
  }
  void carry_out(const Remember& remember) {
    if (const auto kept = vipd::remember(files_.state_directory, remember.text); !kept)
      tell(trouble_event(EventKind::kStorage, kept.error()));
  }
  void carry_out(const ReadFile& read) { answer(read_files(files_, false, read.emptiness)); }
  void carry_out(const KeepLastGood&) {
    if (latest_.sources.empty() || !latest_.reading.settings) return;
    const auto kept = config::keep_last_good(files_.state_directory, "vipd",
                                             {latest_.reading.settings->node, latest_.sources});
    if (!kept) tell(trouble_event(EventKind::kStorage, kept.error()));
  }
  void carry_out(const Secure& secure) {
    if (!promoter_) return;
    if (const auto done = promoter_->want(secure.interfaces); !done)
      tell(trouble_event(EventKind::kStorage, done.error()));
  }
  void carry_out(const Quiet& quiet) {
    if (!parent_arp_) return;
    if (const auto done = parent_arp_->want(quiet.interfaces); !done)
      tell(trouble_event(EventKind::kStorage, done.error()));
  }
  void carry_out(const DropFor& drop) {
    if (no_accept_) no_accept_->want(drop.addresses);
  }
  void carry_out(const EndConnections& end) {
    auto socket = nl::Socket::open(NETLINK_SOCK_DIAG);
    if (!socket) return tell(trouble_event(EventKind::kRefusal, socket.error()));
    for (const auto& address : end.addresses) {
      const auto ended = nl::end_tcp_of(*socket, address);
      if (!ended) return tell(unended(address, ended.error()));
      if (*ended == 0) continue;
      tell({.kind = EventKind::kAddress,
            .object = to_string(address),
            .what = fmt::format("{} TCP connections ended: the address is another host's now", *ended)});
    }
  }
  static Event unended(const IpAddress& address, const Error& why) {
    return trouble_event(
        EventKind::kRefusal,
        {fmt::format("{}: end TCP connections: {}", address,
                     why.code == EOPNOTSUPP
                         ? "this kernel cannot (it was built without CONFIG_INET_DIAG_DESTROY)"
                         : std::strerror(why.code)),
         why.code});
  }
  void carry_out(const Follow&) {
    routes_->use(latest_.routes);
    fences_->use(latest_.fences);
  }
  void carry_out(const Lead& lead) {
    routes_->lead(lead);
    fences_->lead(lead);
  }
  void carry_out(const LeadAgain& again) { routes_->again(again); }
  void carry_out(const Release&) {
    carry_out(Secure{});
    carry_out(Quiet{});
    carry_out(DropFor{});
    // What was told on the way still has to get out.
    channel_.send_and_end();
  }

  void answer(FileReading reading) {
    latest_ = std::move(reading);
    // In place before anybody holds an address of it; what it no longer names goes when it is in use.
    if (latest_.reading.settings && !files_.only_reads)
      no_accept_->extend(unaccepted_of(latest_.reading.settings->vips));
    channel_.send(encode(latest_.reading));
    malloc_trim(0);  // the services of the file are netd's business; what reading them took goes back
  }
  void tell(const Event& event) { channel_.send(encode(event)); }

  boost::asio::io_context& context_;
  Files files_;
  FileReading latest_;
  std::optional<Promoter> promoter_;
  std::optional<ParentArp> parent_arp_;
  std::optional<NoAccept> no_accept_;
  std::optional<Routes> routes_;
  std::optional<Fences> fences_;
  Channel channel_;
};

}  // namespace

int run_worker() {
  auto socket = become_child();
  if (!socket) {
    log::write({.level = Level::kError, .object = "vipd-worker", .what = socket.error().text});
    return kUsage;
  }
  provider::keep_memory_private();
  // A name that nobody resolves: seconds, and not the minute that glibc takes by itself.
  (void)::setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
  boost::asio::io_context context(1);
  const Worker worker(context, std::move(*socket));
  context.run();
  return kDone;
}

}  // namespace hawser::vipd
