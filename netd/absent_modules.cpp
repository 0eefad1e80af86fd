#include "netd/absent_modules.h"

#include <cerrno>

namespace hawser::netd {
namespace {

// The modules that the kernel looks for (ip_vs_scheduler_get(), ip_vs_pe_getbyname()); empty: none.
std::string modules_of(const Step& step) {
  const Service* service = nullptr;
  if (const auto* add = as<AddService>(step)) service = &add->service;
  if (const auto* edit = as<EditService>(step)) service = &edit->to;
  return service == nullptr ? std::string{} : service->scheduler + " " + service->persistence_engine;
}

std::string reason_of(const Step& step, const Error& why) {
  const auto prefix = describe(step) + ": ";
  return why.text.starts_with(prefix) ? why.text.substr(prefix.size()) : why.text;
}

}  // namespace

std::optional<Error> AbsentModules::answer(const Step& step, TimePoint now) const {
  const auto modules = modules_of(step);
  if (modules.empty() || !absent_.must_wait(modules, now)) return std::nullopt;
  return Error{fmt::format("{}: {}", describe(step), absent_.waiting().at(modules).reason), ENOENT};
}

void AbsentModules::asked(const Step& step, const Status& answer, TimePoint now) {
  const auto modules = modules_of(step);
  if (modules.empty()) return;
  if (!answer && answer.error().code == ENOENT)
    absent_.refused(modules, reason_of(step, answer.error()), now);
  else
    absent_.done(modules);
}

Status SparingKernel::perform(const Step& step) {
  if (auto known = absent_.answer(step, now_)) return tl::unexpected(std::move(*known));
  auto answer = kernel_.perform(step);
  absent_.asked(step, answer, now_);
  return answer;
}

}  // namespace hawser::netd
