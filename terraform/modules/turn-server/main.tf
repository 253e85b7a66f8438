# TURN servers (coturn) for voice: one machine with a public address for each name. deploy/coturn has their configuration, and
# docs/voice.md says what they are for.

locals {
  config = "${path.module}/../../../deploy/coturn"

  # Port and protocol of what coturn and the issue of its certificate listen on.
  open_ports = {
    turn_udp    = { protocol = "udp", from = 3478, to = 3478 }
    turn_tcp    = { protocol = "tcp", from = 3478, to = 3478 }
    turn_tls    = { protocol = "tcp", from = 5349, to = 5349 }
    relayed     = { protocol = "udp", from = 49152, to = 65535 }
    certificate = { protocol = "tcp", from = 80, to = 80 }
  }
}

# Debian 12, whose packages the machine installs.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/debian/release/12/latest/amd64"
}

resource "aws_security_group" "turn" {
  name_prefix = "${var.name}-"
  description = "TURN servers of SyncWatch"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "turn" {
  for_each = local.open_ports

  security_group_id = aws_security_group.turn.id
  description       = each.key
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = each.value.protocol
  from_port         = each.value.from
  to_port           = each.value.to
}

# Relayed voices go anywhere; deploy/coturn/turnserver.conf refuses private networks.
resource "aws_vpc_security_group_egress_rule" "turn" {
  security_group_id = aws_security_group.turn.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

# Reading the secret is all that a machine may do.
resource "aws_iam_role" "turn" {
  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = var.tags
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "secret" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret_arn]
  }
}

resource "aws_iam_role_policy" "secret" {
  role   = aws_iam_role.turn.id
  policy = data.aws_iam_policy_document.secret.json
}

resource "aws_iam_instance_profile" "turn" {
  name_prefix = "${var.name}-"
  role        = aws_iam_role.turn.name
  tags        = var.tags
}

resource "aws_eip" "turn" {
  for_each = var.servers

  domain = "vpc"
  tags   = merge(var.tags, { Name = each.key })
}

resource "aws_route53_record" "turn" {
  for_each = var.servers

  zone_id = var.zone_id
  name    = each.key
  type    = "A"
  ttl     = 60
  records = [aws_eip.turn[each.key].public_ip]
}

resource "aws_instance" "turn" {
  for_each = var.servers

  ami                         = nonsensitive(data.aws_ssm_parameter.image.value)
  instance_type               = var.instance_type
  subnet_id                   = each.value
  vpc_security_group_ids      = [aws_security_group.turn.id]
  iam_instance_profile        = aws_iam_instance_profile.turn.name
  user_data_replace_on_change = true
  tags                        = merge(var.tags, { Name = each.key })

  user_data = templatefile("${path.module}/install.sh.tftpl", {
    host        = each.key
    address     = aws_eip.turn[each.key].public_ip
    email       = var.email
    region      = var.region
    secret_arn  = var.secret_arn
    turnserver  = filebase64("${local.config}/turnserver.conf")
    start       = filebase64("${local.config}/start.sh")
    max_retries = 60
  })

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }

  lifecycle {
    # A newer image replaces a machine when somebody asks for it, not with an unrelated change.
    ignore_changes = [ami]
  }
}

resource "aws_eip_association" "turn" {
  for_each = var.servers

  instance_id   = aws_instance.turn[each.key].id
  allocation_id = aws_eip.turn[each.key].id
}
