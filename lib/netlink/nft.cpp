#include "lib/netlink/nft.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

namespace hawser::nl {

namespace {

// nfnetlink_rcv_msg(): EINVAL where there is no subsystem of that number, since nf_tables is not there.
bool is_absent(const Error& why) {
  return why.code == ENOENT || why.code == EINVAL || why.code == EPROTONOSUPPORT || why.code == EOPNOTSUPP;
}

constexpr std::array kParts{NftPart::kChains, NftPart::kRules, NftPart::kSets, NftPart::kMarks4,
                            NftPart::kMarks6, NftPart::kNats4, NftPart::kNats6};

std::vector<NftMessage> remade(const NftContents& contents) {
  auto messages = encode_delete();
  std::ranges::move(encode_make(contents), std::back_inserter(messages));
  return messages;
}

}  // namespace

Result<NftSocket*> Nft::socket() {
  if (!socket_) {
    auto opened = NftSocket::open();
    if (!opened) return tl::unexpected(opened.error());
    socket_ = std::move(*opened);
  }
  return &*socket_;
}

Result<std::optional<NftTable>> Nft::observe() {
  const auto socket = this->socket();
  if (!socket) {
    if (is_absent(socket.error())) return std::nullopt;
    return tl::unexpected(socket.error());
  }
  NftHearing hearing;
  const auto hear = [&](ByteView message) { return hearing.hear(message); };
  if (auto asked = (*socket)->ask(encode_question(NftPart::kTable), hear); !asked) {
    if (is_absent(asked.error())) return std::nullopt;
    return tl::unexpected(asked.error());
  }
  // A part that is not there shows in what was not heard.
  for (const auto part : kParts)
    if (auto asked = (*socket)->ask(encode_question(part), hear); !asked && asked.error().code != ENOENT)
      return tl::unexpected(asked.error());
  return hearing.table();
}

Status Nft::perform(const NftStep& step) {
  const auto socket = this->socket();
  if (!socket) return tl::unexpected(socket.error());
  if (const auto* make = std::get_if<MakeNftTable>(&step)) {
    auto done = (*socket)->commit(encode_make(make->contents));
    if (done || done.error().code != EEXIST) return done;
    const auto there = observe();
    return there && *there == NftTable{true, true, make->contents} ? Status{} : done;
  }
  if (const auto* remake = std::get_if<RemakeNftTable>(&step)) {
    const auto there = observe();
    if (!there) return tl::unexpected(there.error());
    if (*there && !(*there)->ours) return fail_with(EEXIST, "");
    return (*socket)->commit(*there ? remade(remake->contents) : encode_make(remake->contents));
  }
  // Of what is there now: what somebody else took away meanwhile cannot be removed once more.
  if (const auto* set = std::get_if<SetNftContents>(&step)) {
    const auto there = observe();
    if (!there) return tl::unexpected(there.error());
    if (!*there || !(*there)->ours) return fail_with(ENOENT, "");
    return (*socket)->commit(encode_change((*there)->contents, set->to));
  }
  const auto there = observe();
  if (!there) return tl::unexpected(there.error());
  return *there && (*there)->ours ? (*socket)->commit(encode_delete()) : Status{};
}

}  // namespace hawser::nl
