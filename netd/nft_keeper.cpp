#include "netd/nft_keeper.h"

#include "lib/plan/object.h"

namespace hawser::netd {

void NftKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  interval_ = config.ipvs_check;
  wanted_ = nft_of(lay_out(config));
  why_ = why;
  as_wanted_ = false;
  refusals_.clear();
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
  const auto observed = kernel_.observe(kNftOnly);
  if (!observed) {
    if (blind_ != observed.error().text)
      tell_(event_from(observed.error().text, EventKind::kRefusal, Level::kWarning));
    blind_ = observed.error().text;
    return;
  }
  blind_.clear();
  const auto& there = observed->state.nft;
  const auto steps = towards_nft(there, wanted_);
  const auto why = std::exchange(as_wanted_, true) ? Why::kDrift : why_;
  for (const auto& step : steps) {
    if (refusals_.must_wait(object_of(Step(step)), now))
      as_wanted_ = false;
    else
      perform(step, why, now);
  }
  if (steps.empty()) refusals_.clear();
  // Of an earlier run whose journal is lost; or gone with nobody who wants it back.
  if (steps.empty() && wanted_ && there && !book_.names().nft) {
    const Step known = NftStep(MakeNftTable{wanted_->marks});
    if (auto written = book_.will_do({&known, 1}); !written) tell_(journal_event(written.error()));
  }
  if (!wanted_ && (!there || !there->ours)) book_.did(NftStep(DeleteNftTable{}));
  if (auto written = book_.flush(); !written) tell_(journal_event(written.error()));
}

void NftKeeper::perform(const NftStep& step, Why why, TimePoint now) {
  const Step one(step);
  if (auto written = book_.will_do({&one, 1}); !written) tell_(journal_event(written.error()));
  auto done = kernel_.perform(one);
  const auto object = object_of(one);
  if (done) {
    book_.did(one);
    const bool retried = refusals_.done(object);
    return tell_(network_event(one, retried ? Why::kRetry : why, {}));
  }
  book_.did_not(one);
  as_wanted_ = false;
  if (!refusals_.refused(object, done.error().text, now)) return;
  auto event = refusal_event(one, done.error());
  event.outlook = Outlook::kRetried;
  tell_(event);
}

}  // namespace hawser::netd
