// Schedulers and persistence engines whose module this machine does not have. For each that is asked for the
// kernel runs modprobe and waits for it, and we wait with it: so one service asks, after pauses that grow,
// and the others have its answer. Pure but for the kernel behind it.
#pragma once

#include "lib/plan/kernel.h"
#include "netd/retry.h"

namespace hawser::netd {

class AbsentModules {
 public:
  // What the kernel would say to it; nullopt: not known, or to be asked again.
  [[nodiscard]] std::optional<Error> answer(const Step& step, TimePoint now) const;
  void asked(const Step& step, const Status& answer, TimePoint now);
  void clear() { absent_.clear(); }

 private:
  Retries<std::string> absent_;
};

// The kernel, spared what it was asked in vain not long ago.
class SparingKernel : public Kernel {
 public:
  SparingKernel(Kernel& kernel, AbsentModules& absent, TimePoint now)
      : kernel_(kernel), absent_(absent), now_(now) {}

  Result<Observed> observe(const Scope& scope) override { return kernel_.observe(scope); }
  Status perform(const Step& step) override;

 private:
  Kernel& kernel_;
  AbsentModules& absent_;
  TimePoint now_;
};

}  // namespace hawser::netd
