#include "tests/contract/tools.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace hawser::contract {

std::string run(const std::string& line) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen((line + " 2>&1").c_str(), "r"), pclose};
  if (!pipe) throw std::runtime_error(fmt::format("{}: cannot be started", line));
  std::string output;
  std::array<char, 4096> part{};
  while (const auto length = std::fread(part.data(), 1, part.size(), pipe.get()))
    output.append(part.data(), length);
  if (pclose(pipe.release()) != 0) throw std::runtime_error(fmt::format("{}: failed: {}", line, output));
  return output;
}

boost::json::value ip_json(const std::string& arguments) {
  const auto all = boost::json::parse(run("ip -d -j " + arguments));
  for (const auto& one : all.as_array())  // ip prints {} for what it filtered out
    if (!one.as_object().empty()) return one;
  return nullptr;
}

std::string at(const boost::json::value& value, const std::string& path) {
  boost::system::error_code problem;
  const auto* found = value.find_pointer("/" + path, problem);
  if (found == nullptr) return "";
  return found->is_string() ? std::string(found->as_string()) : boost::json::serialize(*found);
}

std::vector<std::string> ipvsadm() {
  std::vector<std::string> lines;
  std::istringstream text{run("ipvsadm -Sn")};
  for (std::string line; std::getline(text, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace hawser::contract
