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
Status are_apart(const NftMarks& marks) {
  for (auto one = marks.begin(); one != marks.end(); ++one) {
    if (one->first.last_port < one->first.first_port) return refuse(EINVAL);
    if (std::any_of(std::next(one), marks.end(),
                    [&](const auto& other) { return overlap(one->first, other.first); }))
      return refuse(EEXIST);
  }
  return {};
}

}  // namespace

Status FakeKernel::make_nft(const NftMarks& marks) {
  if (state_.nft == NftTable{true, true, marks}) return {};
  return state_.nft ? refuse(EEXIST) : remake_nft(marks);
}

Status FakeKernel::remake_nft(const NftMarks& marks) {
  if (state_.nft && !state_.nft->ours) return refuse(EEXIST);
  if (auto good = are_apart(marks); !good) return good;
  state_.nft = NftTable{true, true, marks};
  return {};
}

Status FakeKernel::set_nft_marks(const NftMarks& marks) {
  if (!state_.nft || !state_.nft->ours) return refuse(ENOENT);
  if (auto good = are_apart(marks); !good) return good;
  state_.nft->marks = marks;
  return {};
}

}  // namespace hawser
