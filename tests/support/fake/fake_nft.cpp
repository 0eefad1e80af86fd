// nftables: net/netfilter/nf_tables_api.c and nft_set_pipapo.c, of our one table.
#include <algorithm>
#include <cerrno>

#include "tests/support/fake/fake_kernel.h"
#include "tests/support/fake/refuse.h"

namespace hawser {

namespace {

bool overlap(const Marked& one, const Marked& other) {
  return one.transport == other.transport && one.address == other.address &&
         one.first_port <= other.last_port && other.first_port <= one.last_port;
}

// nft_pipapo_insert() takes no element that covers what another covers.
template <class Map>
Status are_apart(const Map& elements) {
  for (auto one = elements.begin(); one != elements.end(); ++one) {
    if (one->first.last_port < one->first.first_port) return refuse(EINVAL);
    if (std::any_of(std::next(one), elements.end(),
                    [&](const auto& other) { return overlap(one->first, other.first); }))
      return refuse(EEXIST);
  }
  return {};
}

Status fit(const NftContents& contents) {
  if (auto good = are_apart(contents.marks); !good) return good;
  return are_apart(contents.nats);
}

}  // namespace

Status FakeKernel::make_nft(const NftContents& contents) {
  if (state_.nft == NftTable{true, true, contents}) return {};
  return state_.nft ? refuse(EEXIST) : remake_nft(contents);
}

Status FakeKernel::remake_nft(const NftContents& contents) {
  if (state_.nft && !state_.nft->ours) return refuse(EEXIST);
  if (auto good = fit(contents); !good) return good;
  state_.nft = NftTable{true, true, contents};
  return {};
}

// A table without source NAT has no sets for it.
Status FakeKernel::change_nft(const NftContents& contents) {
  if (!state_.nft || !state_.nft->ours) return refuse(ENOENT);
  if (state_.nft->contents.nats.empty() && !contents.nats.empty()) return refuse(ENOENT);
  if (auto good = fit(contents); !good) return good;
  state_.nft->whole = state_.nft->whole && contents.nats.empty() == state_.nft->contents.nats.empty();
  state_.nft->contents = contents;
  return {};
}

}  // namespace hawser
