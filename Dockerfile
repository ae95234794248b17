# The product's image for docker-compose.yml. The embedded servers in the lock are installed and not used.
FROM python:3.11-slim

RUN useradd --uid 1000 --create-home jiuzhu && install -d -o jiuzhu -g jiuzhu -m 0700 /data
WORKDIR /app

COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

USER jiuzhu
VOLUME /data
EXPOSE 8000
CMD ["jiuzhu", "--help"]
