#include "netd/runner/catalogue.h"

#include <boost/json.hpp>

namespace hawser::netd {
namespace {

using run::Action;

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

template <class Set>
std::string list_of(const Set& words) {
  std::string text;
  for (const auto& word : words) text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
  return text.empty() ? "none" : text;
}

std::string objects_of(const Catalogue& catalogue) {
  std::set<std::string> names;
  for (const auto& [name, runnable] : catalogue.objects) names.insert(name);
  return list_of(names);
}

Status permit_address(const Runnable& runnable, const run::Request& request) {
  const auto address = IpAddress::parse(request.address);
  if (address && runnable.addresses.contains(*address)) return {};
  std::set<std::string> there;
  for (const auto& one : runnable.addresses) there.insert(to_string(one));
  return fail_with(kConflict, "{}: address \"{}\": of no vip of the file with this provider; there is {}",
                   request.object, request.address, list_of(there));
}

Status permit_target(const Runnable& runnable, const run::Request& request) {
  const bool needed = request.action == Action::kSet;
  const bool possible = request.action != Action::kUnroute;
  if (request.target.empty() && !needed) return {};
  if (possible && runnable.targets.contains(request.target)) return {};
  if (!possible) return fail_with(kConflict, "{}: unroute takes no target", request.object);
  return fail_with(kConflict, "{}: target \"{}\": of no node of the file; there is {}", request.object,
                   request.target, list_of(runnable.targets));
}

Status permit_action(const run::Request& request) {
  if (!request.step.empty())
    return fail_with(kConflict, "{}: step \"{}\": a provider has no steps", request.object, request.step);
  if (request.action == Action::kGet || request.action == Action::kSet || request.action == Action::kUnroute)
    return {};
  return fail_with(kConflict, "{}: {}: a provider takes get, set and unroute", request.object,
                   name_of(request.action));
}

boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value() : boost::json::value(text);
}

std::string input_of(const run::Request& request, const std::string& node) {
  const boost::json::object data{{"format", 1},
                                 {"object", request.object},
                                 {"step", text_or_null(request.step)},
                                 {"action", name_of(request.action)},
                                 {"address", text_or_null(request.address)},
                                 {"target", text_or_null(request.target)},
                                 {"node", text_or_null(node)}};
  return boost::json::serialize(data) + "\n";
}

std::vector<std::string> environment_of(const run::Request& request, const std::string& node,
                                        const char* time_zone) {
  std::vector<std::string> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG=C.UTF-8",
      "HAWSER_OBJECT=" + request.object,
      "HAWSER_STEP=" + request.step,
      fmt::format("HAWSER_ACTION={}", name_of(request.action)),
      "HAWSER_ADDRESS=" + request.address,
      "HAWSER_TARGET=" + request.target,
      "HAWSER_NODE=" + node,
  };
  if (time_zone != nullptr) environment.push_back(std::string("TZ=") + time_zone);
  return environment;
}

}  // namespace

// An address of a vip of another node is in nobody's way: it is not in this host's view of the file.
Catalogue catalogue_of(const config::Config& config) {
  Catalogue catalogue{.node = config.node, .objects = {}};
  for (const auto& [name, provider] : config.providers) {
    if (provider.kind != config::ProviderKind::kExec) continue;
    Runnable runnable{.program = provider.program, .limit = provider.timeout, .addresses = {}, .targets = {}};
    for (const auto& [vip_name, vip] : config.vips)
      if (vip.manner->provider == name)
        for (const auto& address : vip.addresses) runnable.addresses.insert(address.prefix.network().address);
    for (const auto& [node_name, node] : config.nodes)
      if (const auto target = node.provider.find(name); target != node.provider.end())
        runnable.targets.insert(target->second.begin(), target->second.end());
    catalogue.objects.emplace("provider." + name, std::move(runnable));
  }
  return catalogue;
}

Result<const Runnable*> permit(const Catalogue& catalogue, const run::Request& request) {
  const auto found = catalogue.objects.find(request.object);
  if (found == catalogue.objects.end())
    return fail_with(kNotFound, "{}: nothing of the file that is run here; there is {}", request.object,
                     objects_of(catalogue));
  for (const auto& judged : {permit_action(request), permit_address(found->second, request),
                             permit_target(found->second, request)})
    if (!judged) return tl::unexpected(judged.error());
  return &found->second;
}

run::Job job_of(const Runnable& runnable, const run::Request& request, const std::string& node,
                const char* time_zone) {
  std::vector<std::string> words{runnable.program, std::string(name_of(request.action))};
  if (request.action == Action::kSet) words.push_back(request.target);
  return {.image = {std::move(words), environment_of(request, node, time_zone), input_of(request, node)},
          .limit = runnable.limit};
}

}  // namespace hawser::netd
