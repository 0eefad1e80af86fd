#include "vipd/addresses/secondaries.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

#include <linux/netlink.h>
#include <sys/stat.h>

#include "lib/base/atomic_file.h"
#include "lib/netlink/inet_conf_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/socket.h"

namespace hawser::vipd {

namespace {

std::filesystem::path file_in(const std::filesystem::path& state_directory) {
  return state_directory / "vipd-promote-secondaries";
}

std::vector<IfIndex> read_journal(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::vector<IfIndex> links;
  if (!std::getline(in, line) || line != journal_era()) return links;
  for (int index = 0; in >> index;) links.emplace_back(index);
  return links;
}

Status write_journal(const std::filesystem::path& file, const std::vector<IfIndex>& links) {
  std::string text = journal_era() + "\n";
  for (const auto link : links) text += fmt::format("{}\n", link);
  return write_atomically(file, text);
}

bool promotes(const nl::InetConf& link) {
  const auto found = link.settings.find(nl::InetSetting::kPromoteSecondaries);
  return found != link.settings.end() && found->second != 0;
}

Status promote_on(nl::Socket& socket, IfIndex link, bool promote) {
  return socket.request(
      nl::encode_set_inet_conf(link, {{nl::InetSetting::kPromoteSecondaries, promote ? 1U : 0U}}));
}

bool contains(const std::vector<IfIndex>& links, IfIndex link) {
  return std::ranges::find(links, link) != links.end();
}

Status look_at(nl::Socket& socket, IfIndex link, std::vector<SecondariesOf>& links) {
  const auto there = socket.ask(nl::encode_get_link(link), nl::decode_inet_conf);
  if (!there && there.error().code == ENODEV) return {};
  if (!there) return tl::unexpected(there.error());
  links.push_back({there->link, there->name, promotes(*there)});
  return {};
}

Result<std::vector<SecondariesOf>> look(nl::Socket& socket, const std::vector<IfIndex>& journal,
                                        const std::set<std::string>& wanted) {
  std::set<IfIndex> indexes(journal.begin(), journal.end());
  for (const auto& name : wanted)
    if (const auto index = socket.index_of(name)) indexes.insert(*index);
  std::vector<SecondariesOf> links;
  for (const auto index : indexes)
    if (auto looked = look_at(socket, index, links); !looked) return tl::unexpected(looked.error());
  return links;
}

void set(nl::Socket& socket, const SecondariesOf& link, bool promote, const Tell& tell) {
  const auto done = promote_on(socket, link.link, promote);
  if (!done && done.error().code == ENODEV) return;
  Event event{.kind = EventKind::kInterface, .object = link.name};
  if (!done) {
    event.level = Level::kWarning;
    event.what = fmt::format("set promote_secondaries to {}", promote ? 1 : 0);
    event.cause = {CauseKind::kKernel, std::strerror(done.error().code)};
  } else {
    event.to = promote ? "promote_secondaries set: leaving the role takes no address of the host along"
                       : "promote_secondaries is off again, as it was";
  }
  tell(event);
}

// What it means that the journal could not be written.
Status not_kept(const std::vector<SecondariesOf>& links, const std::vector<IfIndex>& journal,
                const Error& why) {
  std::string names;
  for (const auto& link : links)
    if (contains(journal, link.link)) names += fmt::format("{}{}", names.empty() ? "" : ", ", link.name);
  if (names.empty()) return tl::unexpected(why);
  return fail(
      "{}: that promote_secondaries was off cannot be written down ({}): it is put back when vipd stops, but "
      "not after a crash or a restart",
      names, why.text);
}

}  // namespace

std::string journal_era() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat here {};
  const bool known = ::stat("/proc/self/ns/net", &here) == 0;
  return fmt::format("{} {}", boot, known ? here.st_ino : 0);
}

bool has_secondaries(const Prefix& prefix) {
  return prefix.address.is_v4() && prefix.length < 32;
}

namespace {

bool has_home(const Picture& picture, const std::vector<IpAddress>& own, const Prefix& prefix) {
  if (!has_secondaries(prefix)) return true;
  const auto is_there = [&](const IpAddress& address) {
    return address != prefix.address && prefix.contains(address);
  };
  if (std::ranges::none_of(own, is_there)) return true;
  return std::ranges::any_of(picture.links(), [&](const auto& link) {
    return std::ranges::any_of(link.second.addresses, [&](const auto& address) {
      return !is_ours(address.second) && is_there(address.first.address);
    });
  });
}

}  // namespace

std::optional<Prefix> home_awaited(const Picture& picture, const std::vector<IpAddress>& own,
                                   const config::Vip& vip) {
  for (const auto& address : vip.addresses)
    if (picture.holding({address.interface, address.prefix}) == Holding::kNo &&
        !has_home(picture, own, address.prefix))
      return address.prefix.network();
  return std::nullopt;
}

Promotions promotions(const std::vector<IfIndex>& journal, const std::set<std::string>& wanted,
                      const std::vector<SecondariesOf>& links) {
  Promotions planned;
  for (const auto& link : links) {
    const bool ours = contains(journal, link.link);
    if (!wanted.contains(link.name)) {
      if (ours && link.promoted) planned.off.push_back(link.link);
      continue;
    }
    if (ours || !link.promoted) planned.journal.push_back(link.link);
    if (!link.promoted) planned.on.push_back(link.link);
  }
  return planned;
}

Status Promoter::want(const std::set<std::string>& interfaces) {
  const auto file = file_in(state_directory_);
  const auto written = read_journal(file);
  const auto journal = unwritten_.empty() ? written : unwritten_;
  if (journal.empty() && interfaces.empty()) return {};
  auto socket = nl::Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  const auto links = look(*socket, journal, interfaces);
  if (!links) return fail_because("promote_secondaries", links.error());
  const auto planned = promotions(journal, interfaces, *links);
  const auto each = [&](const std::vector<IfIndex>& indexes, bool promote) {
    for (const auto& link : *links)
      if (contains(indexes, link.link)) set(*socket, link, promote, tell_);
  };
  each(planned.off, false);  // before they leave the journal
  const auto kept = planned.journal == written ? Status{} : write_journal(file, planned.journal);
  unwritten_ = kept ? std::vector<IfIndex>{} : planned.journal;
  each(planned.on, true);
  return kept ? kept : not_kept(*links, planned.journal, kept.error());
}

Status keeping_secondaries(nl::Socket& socket, IfIndex link, const Prefix& prefix,
                           const std::function<Status()>& remove) {
  if (!has_secondaries(prefix)) return remove();
  const auto before = socket.ask(nl::encode_get_link(link), nl::decode_inet_conf);
  const bool off = before && !promotes(*before);
  if (off) (void)promote_on(socket, link, true);
  auto removed = remove();
  if (off) (void)promote_on(socket, link, false);
  return removed;
}

}  // namespace hawser::vipd
