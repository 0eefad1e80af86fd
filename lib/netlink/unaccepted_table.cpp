#include "lib/netlink/unaccepted_table.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace hawser {

namespace {

// nfnetlink_rcv_msg(): EINVAL where there is no subsystem of that number, since nf_tables is not there.
bool means_absent(int code) {
  return code == ENOENT || code == EINVAL || code == EPROTONOSUPPORT || code == EOPNOTSUPP;
}

std::string why_not_kept(int code) {
  if (code == EPERM) return "not permitted: vipd needs CAP_NET_ADMIN";
  if (means_absent(code)) return "this kernel has no nf_tables: load it (modprobe nf_tables)";
  return std::strerror(code);
}

tl::unexpected<Error> not_kept(const Error& why) {
  if (!why.text.empty()) return tl::unexpected(why);
  return fail_with(why.code, "table inet {}: {}", nl::kUnacceptedTable, why_not_kept(why.code));
}

}  // namespace

Result<nl::NftSocket*> UnacceptedKeeper::socket() {
  if (!socket_) {
    auto opened = nl::NftSocket::open();
    if (!opened) return tl::unexpected(opened.error());
    socket_ = std::move(*opened);
  }
  return &*socket_;
}

Result<std::optional<nl::UnacceptedTable>> UnacceptedKeeper::observe() {
  const auto socket = this->socket();
  if (!socket && means_absent(socket.error().code)) return std::nullopt;
  if (!socket) return not_kept(socket.error());
  nl::UnacceptedHearing hearing;
  bool first = true;
  for (const auto& question : nl::unaccepted_questions()) {
    const auto asked = (*socket)->ask(question, [&](ByteView message) { return hearing.hear(message); });
    if (!asked && first && means_absent(asked.error().code)) return std::nullopt;
    // A part that is not there shows in what was not heard.
    if (!asked && (first || asked.error().code != ENOENT)) return not_kept(asked.error());
    first = false;
  }
  return hearing.table();
}

// Somebody may take the table away, or make one, between the look and the change.
Result<bool> UnacceptedKeeper::keep(const Unaccepted& wanted) {
  constexpr int kTries = 3;
  auto kept = try_to_keep(wanted);
  for (int tries = 1; tries < kTries && !kept && (kept.error().code == ENOENT || kept.error().code == EEXIST);
       ++tries)
    kept = try_to_keep(wanted);
  return kept;
}

Result<bool> UnacceptedKeeper::try_to_keep(const Unaccepted& wanted) {
  const auto there = observe();
  if (!there) return tl::unexpected(there.error());
  if (wanted.empty() && (!*there || !(*there)->ours)) return false;
  if (*there && !(*there)->ours)
    return fail("table inet {} is there and not vipd's: call it otherwise", nl::kUnacceptedTable);
  if (*there && (*there)->whole && (*there)->contents == wanted) return false;
  std::vector<nl::NftMessage> messages;
  if (*there) messages = nl::encode_delete_unaccepted();
  if (!wanted.empty()) std::ranges::move(nl::encode_unaccepted(wanted), std::back_inserter(messages));
  const auto socket = this->socket();
  if (!socket) return not_kept(socket.error());
  if (auto done = (*socket)->commit(messages); !done) return not_kept(done.error());
  return true;
}

}  // namespace hawser
