#include "lbctl/change/change_verbs.h"

#include "lbctl/change/settings.h"
#include "lib/base/find_in.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"

namespace hawser::lbctl {

namespace {

TableChange refused_change(std::string why, int status = kRefused) {
  return {{}, {std::move(why)}, status, false, false, {}};
}

TableChange wrong_words(const ServiceKey& key, const std::vector<std::string>& wrong) {
  TableChange change;
  change.status = kUsage;
  for (const auto& what : wrong) change.problems.push_back(fmt::format("{}: {}", key, what));
  return change;
}

TableChange one_step(Step step) {
  TableChange change;
  change.steps.push_back({0, std::move(step)});
  return change;
}

TableChange no_service(const ServiceKey& key) {
  return refused_change(fmt::format("{}: no such service", key));
}

int usage(const cli::Arguments& arguments, const Error& error) {
  cli::refuse(arguments, fmt::format("lbctl {}", arguments.verb), error);
  return kUsage;
}

using OfService = TableChange (*)(const State&, const ServiceKey&, Words);
int change_service(const cli::Arguments& arguments, OfService make) {
  const auto target = target_service(arguments.words);
  if (!target) return usage(arguments, target.error());
  return change_table(arguments, Scope{{Look::kIpvs}, {target->key}}, [&](const Observed& observed) {
    return make(observed.state, target->key, target->rest);
  });
}

using OfReal = TableChange (*)(const State&, const ServiceKey&, const Endpoint&, Words);
int change_real(const cli::Arguments& arguments, OfReal make) {
  const auto target = target_service(arguments.words);
  if (!target) return usage(arguments, target.error());
  if (target->rest.empty()) return usage(arguments, {"which real server? write its ADDRESS:PORT", 0});
  const auto real = target_real(target->rest.front(), target->key);
  if (!real) return usage(arguments, real.error());
  return change_table(arguments, Scope{{Look::kIpvs}, {target->key}}, [&](const Observed& observed) {
    return make(observed.state, target->key, *real, target->rest.subspan(1));
  });
}

TableChange one_too_many(const ServiceKey& key, Words words) {
  return wrong_words(key, {fmt::format("\"{}\" is one word too many", words.front())});
}

}  // namespace

TableChange add_service(const State& there, const ServiceKey& key, Words words) {
  Service fresh;
  fresh.netmask = key.family() == Family::kIpv4 ? 32 : 128;
  const auto edited = with_settings(std::move(fresh), key, words);
  if (!edited.wrong.empty()) return wrong_words(key, edited.wrong);
  const auto* same = find_in(there.services, key);
  if (same == nullptr) return one_step(AddService{key, edited.object});
  if (without_reals(*same) == edited.object) return {};
  return refused_change(fmt::format("{}: is there already: write 'lbctl edit {} ..'", key, key));
}

TableChange edit_service(const State& there, const ServiceKey& key, Words words) {
  const auto* now = find_in(there.services, key);
  if (now == nullptr) return no_service(key);
  const auto from = without_reals(*now);
  const auto edited = with_settings(from, key, words);
  if (!edited.wrong.empty()) return wrong_words(key, edited.wrong);
  return edited.object == from ? TableChange{} : one_step(EditService{key, from, edited.object});
}

TableChange delete_service(const State& there, const ServiceKey& key, Words words) {
  if (!words.empty()) return one_too_many(key, words);
  return there.services.contains(key) ? one_step(DeleteService{key}) : no_service(key);
}

TableChange add_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words) {
  const auto* service = find_in(there.services, key);
  if (service == nullptr) return no_service(key);
  const auto edited = with_settings(RealServer{}, key, real, words);
  if (!edited.wrong.empty()) return wrong_words(key, edited.wrong);
  const auto* same = find_in(service->reals, real);
  if (same == nullptr) return one_step(AddReal{key, real, edited.object});
  if (*same == edited.object) return {};
  return refused_change(fmt::format("{}: real server {}: is there already: write 'lbctl edit-real {} {} ..'",
                                    key, real, key, real));
}

TableChange edit_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words) {
  const auto* service = find_in(there.services, key);
  if (service == nullptr) return no_service(key);
  const auto* now = find_in(service->reals, real);
  if (now == nullptr) return refused_change(fmt::format("{}: no such real server: {}", key, real));
  const auto edited = with_settings(*now, key, real, words);
  if (!edited.wrong.empty()) return wrong_words(key, edited.wrong);
  return edited.object == *now ? TableChange{} : one_step(EditReal{key, real, *now, edited.object});
}

TableChange delete_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words) {
  if (!words.empty()) return one_too_many(key, words);
  const auto* service = find_in(there.services, key);
  if (service == nullptr) return no_service(key);
  if (!service->reals.contains(real))
    return refused_change(fmt::format("{}: no such real server: {}", key, real));
  return one_step(DeleteReal{key, real});
}

TableChange clear_table(const State& there) {
  TableChange change;
  for (const auto& [key, service] : there.services) change.steps.push_back({0, DeleteService{key}});
  return change;
}

int add_verb(const cli::Arguments& arguments) {
  return change_service(arguments, add_service);
}

int edit_verb(const cli::Arguments& arguments) {
  return change_service(arguments, edit_service);
}

int delete_verb(const cli::Arguments& arguments) {
  return change_service(arguments, delete_service);
}

int add_real_verb(const cli::Arguments& arguments) {
  return change_real(arguments, add_real);
}

int edit_real_verb(const cli::Arguments& arguments) {
  return change_real(arguments, edit_real);
}

int delete_real_verb(const cli::Arguments& arguments) {
  return change_real(arguments, delete_real);
}

int clear_verb(const cli::Arguments& arguments) {
  return change_table(arguments, kIpvsOnly,
                      [](const Observed& observed) { return clear_table(observed.state); });
}

}  // namespace hawser::lbctl
