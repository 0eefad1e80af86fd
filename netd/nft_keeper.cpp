#include "netd/nft_keeper.h"

namespace hawser::netd {

void NftKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  interval_ = config.ipvs_check;
  wanted_ = nft_of(lay_out(config));
  upkeep_.begin(why, interval_);
  next_ = concerned() ? now : TimePoint::max();
}

void NftKeeper::changed(TimePoint now) {
  if (concerned()) next_ = now;
}

void NftKeeper::work(TimePoint now) {
  if (now < next_) return;
  next_ = now + interval_;
  look(now);
  if (!concerned()) next_ = TimePoint::max();
}

void NftKeeper::look(TimePoint now) {
  const auto observed = upkeep_.look(kNftOnly);
  if (!observed) return;
  const auto& there = observed->state.nft;
  const auto steps = towards_nft(there, wanted_);
  upkeep_.bring_about({steps.begin(), steps.end()}, now);
  if (steps.empty()) keep_journal(there);
  if (auto written = book_.flush(); !written) tell_(journal_event(written.error()));
}

// Where nothing is to do: it may be of an earlier run whose journal is lost, or gone already.
void NftKeeper::keep_journal(const std::optional<NftTable>& there) {
  if (wanted_ && there && !book_.names().nft) {
    const Step known = NftStep(MakeNftTable{wanted_->contents});
    if (auto written = book_.will_do({&known, 1}); !written) tell_(journal_event(written.error()));
  }
  if (!wanted_) book_.did(NftStep(DeleteNftTable{}));
}

}  // namespace hawser::netd
